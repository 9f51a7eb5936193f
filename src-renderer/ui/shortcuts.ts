// Table of all shortcuts: used by the handler on the document (state/commands.ts), by handlers of elements and by the list of shortcuts.
// The actions are defined where they are executed.
import { matchesKeys } from './keys.ts'

export interface Shortcut {
  title: string
  group: CommandGroup
  /** Key combinations such as "mod+k", separated by spaces. */
  keys: string
}
export type CommandGroup =
  | 'This run'
  | 'Selected runs'
  | 'Go to'
  | 'Runs'
  | 'View'
  | 'Help'
  | 'Charts'
  | 'Neurons'
  | 'Sample'
  | 'Data'
  | 'Launch'

export const shortcuts = {
  palette: { title: 'Search runs and commands', group: 'Go to', keys: 'mod+k mod+shift+p' },
  launch: { title: 'Launch a run', group: 'Go to', keys: 'alt+1' },
  runs: { title: 'Runs', group: 'Go to', keys: 'alt+2' },
  compare: { title: 'Compare', group: 'Go to', keys: 'alt+3' },
  neurons: { title: 'Neurons', group: 'Go to', keys: 'alt+4' },
  sample: { title: 'Sample', group: 'Go to', keys: 'alt+5' },
  data: { title: 'Data', group: 'Go to', keys: 'alt+6' },
  try: { title: 'Try', group: 'Go to', keys: 'alt+7' },
  search: { title: 'Search the runs', group: 'Runs', keys: '/' },
  undo: { title: 'Undo', group: 'Runs', keys: 'mod+z' },
  openRun: { title: 'Open the run', group: 'Runs', keys: 'enter' },
  selectRun: { title: 'Select the run', group: 'Runs', keys: 'space' },
  selectAll: { title: 'Select all runs', group: 'Runs', keys: 'mod+a' },
  rename: { title: 'Rename', group: 'Runs', keys: 'f2' },
  trash: { title: 'Move to the trash', group: 'Runs', keys: 'delete' },
  sidebar: { title: 'Show or hide the list of runs', group: 'View', keys: 'mod+b' },
  leave: { title: 'Close or leave', group: 'View', keys: 'escape' },
  shortcuts: { title: 'List of shortcuts', group: 'Help', keys: 'mod+/' },
  startRun: { title: 'Launch this configuration', group: 'Launch', keys: 'mod+enter' },
  previousUnit: { title: 'Previous unit', group: 'Neurons', keys: 'arrowleft [' },
  nextUnit: { title: 'Next unit', group: 'Neurons', keys: 'arrowright ]' },
  symbolBefore: { title: 'Symbol before', group: 'Neurons', keys: 'shift+arrowleft' },
  symbolAfter: { title: 'Symbol after', group: 'Neurons', keys: 'shift+arrowright' },
  lineAbove: { title: 'Line above', group: 'Neurons', keys: 'arrowup' },
  lineBelow: { title: 'Line below', group: 'Neurons', keys: 'arrowdown' },
  findUnits: { title: 'Find units', group: 'Neurons', keys: '/' },
  sortUnits: { title: 'Sort units: next order', group: 'Neurons', keys: 's' },
  unitCard: { title: 'Card of the unit', group: 'Neurons', keys: 'g' },
  surprisal: { title: 'Show or hide surprisal', group: 'Neurons', keys: 'u' },
  ownRange: { title: 'Colours: range of the unit or of all units', group: 'Neurons', keys: 'r' },
  generate: { title: 'Generate', group: 'Sample', keys: 'mod+enter' },
} as const satisfies Record<string, Shortcut>

/** Whether the event is one of the key combinations. */
export const isOneOf = (event: KeyboardEvent, keys: string): boolean =>
  keys.split(' ').some((one) => matchesKeys(event, one))

/** Whether the event is this shortcut. */
export const isShortcut = (event: KeyboardEvent, name: keyof typeof shortcuts): boolean =>
  isOneOf(event, shortcuts[name].keys)
