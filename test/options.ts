// Options of training by their last name alone, for tests that vary a few of them.
import {
  groupNames,
  optionGroups,
  type OptionGroup,
  type RunConfigInput,
} from '../src-main/contract/config.ts'

type In<G extends OptionGroup> = NonNullable<RunConfigInput[G]>
/** The group's own name stands for what chooses the algorithm: `optimizer` for `optimizer.name`, `forcing` for `forcing.mode`. */
export type FlatOptions = In<'train'> &
  Omit<In<'optimizer'>, 'name'> &
  Omit<In<'schedule'>, 'name'> &
  In<'regularization'> &
  Omit<In<'forcing'>, 'mode'> &
  In<'logging'> &
  In<'runtime'> & {
    optimizer?: In<'optimizer'>['name']
    schedule?: In<'schedule'>['name']
    forcing?: In<'forcing'>['mode']
  }

const choosers: Record<string, string> = {
  optimizer: 'optimizer.name',
  schedule: 'schedule.name',
  forcing: 'forcing.mode',
}
const pathOf = new Map(
  groupNames
    .filter((group) => group !== 'model')
    .flatMap((group) => Object.keys(optionGroups[group].shape).map((key) => [key, `${group}.${key}`])),
)

/** `{ lr: 0.1, steps: 5, optimizer: 'sgd' }` -> `{ optimizer: { lr: 0.1, name: 'sgd' }, train: { steps: 5 } }`. */
export function grouped(options: FlatOptions): Omit<RunConfigInput, 'model'> {
  const config: Record<string, Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(options)) {
    const path = choosers[name] ?? pathOf.get(name)
    if (path === undefined) throw new Error(`no option of training is called ${name}`)
    const [group, key] = path.split('.') as [string, string]
    config[group] = { ...config[group], [key]: value }
  }
  return config
}
