// What an error advises, as the name of an action. Each shell words it for its users, so none gives advice that they cannot follow.

interface Action {
  /** A command line; RUN is replaced by the run's id. */
  terminal: string
  /** The label and place on the page. */
  page: string
}

export const actions = {
  fork: { terminal: 'unroll fork RUN', page: 'Fork from a checkpoint, in the menu of the run' },
  pause: { terminal: 'unroll pause RUN', page: 'Pause, in the menu of the run' },
  stop: { terminal: 'unroll stop RUN', page: 'Stop, in the menu of the run' },
  trash: { terminal: 'unroll trash RUN', page: 'Move to the trash, in the menu of the run' },
  restore: { terminal: 'unroll restore RUN', page: 'Restore, in the menu of the run' },
  show: { terminal: 'unroll show RUN', page: 'The page of the run' },
  sample: { terminal: 'unroll sample RUN --prime TEXT', page: 'Sample' },
  train: { terminal: 'unroll train', page: 'Launch' },
  texts: { terminal: 'unroll data', page: 'Data' },
  trust: { terminal: 'unroll import FILE --trust', page: 'Import anyway' },
  configure: {
    terminal: 'unroll import FILE --config FILE',
    page: 'In a terminal: unroll import FILE --config run.json',
  },
  claim: { terminal: 'unroll claims add PREDICATE', page: 'Save as claim, on the page Neurons' },
  doctor: { terminal: 'unroll doctor', page: 'In a terminal: unroll doctor' },
} as const satisfies Record<string, Action>

export interface Advice {
  action: keyof typeof actions
  /** Id of the run that the action is for. */
  run?: string
  /** Options to change, as path=value. */
  settings?: string[]
}

/** The command line to type. */
export const adviceInTerminal = ({ action, run = 'RUN', settings = [] }: Advice): string =>
  [actions[action].terminal.replace('RUN', run), ...settings.map((one) => `--set ${one}`)].join(' ')

/** Where to find it on the page. */
export const adviceOnPage = ({ action }: Advice): string => actions[action].page
