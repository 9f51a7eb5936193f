// Where the kind of data or the rule of learning leaves fewer values of an option: what can be chosen, what stands there unasked, and the
// refusal of anything else. All from the option's row.
import { modelConfig, trainConfig, type Limit, type RunConfig, type RunConfigInput } from './config.ts'
import { UnrollError } from './errors.ts'
import { anyOf, fieldsOf, type Field } from './fields.ts'

/** The value of another option by its path. */
export type ValueAt = (path: string) => unknown

const inForce = ({ limits = [] }: Pick<Field, 'limits'>, at: ValueAt): Limit[] =>
  limits.filter((limit) => limit.while.every((other) => other.in.includes(String(at(other.path)))))

/** The values that can be chosen; undefined where the row sets no limit here. */
export function valuesLeft(field: Pick<Field, 'limits'>, at: ValueAt): Limit['only'] | undefined {
  const [first, ...more] = inForce(field, at)
  return first?.only.filter((value) => more.every(({ only }) => only.includes(value)))
}

/** Whether there is nothing to choose. */
export const isFixed = (field: Pick<Field, 'limits'>, at: ValueAt): boolean =>
  valuesLeft(field, at)?.length === 1

/** The value, or the first that can be chosen where it cannot. */
export function fitting<T>(field: Pick<Field, 'limits'>, value: T, at: ValueAt): T | Limit['only'][number] {
  const left = valuesLeft(field, at)
  return left && !left.includes(value as Limit['only'][number]) ? left[0]! : value
}

/** Options with limits; `train.bptt`, on which others depend, comes first. Made when first asked for. */
let limited: readonly Field[] | undefined
const limitedFields = () =>
  (limited ??= [...fieldsOf(trainConfig, 'train'), ...fieldsOf(modelConfig, 'model')].filter(({ limits }) => limits)) // prettier-ignore

type Groups = Record<string, Record<string, unknown> | undefined>
const valueIn =
  (config: object): ValueAt =>
  (path) => {
    const [group, key] = path.split('.') as [string, string]
    return (config as Groups)[group]?.[key]
  }

/** Puts what fits in the place of defaults that do not: of options about which `said` says nothing. */
export function fitUnsaid(config: Omit<RunConfig, 'seed'>, said: RunConfigInput): void {
  const [at, saidAt] = [valueIn(config), valueIn(said)]
  for (const field of limitedFields()) {
    const [group, key] = field.path.split('.') as [string, string]
    if (saidAt(field.path) === undefined)
      (config as unknown as Groups)[group]![key] = fitting(field, at(field.path), at)
  }
}

/** Throws E_CONFIG_DATA for a value that cannot be trained with here. */
export function refuseUnfit(config: RunConfig): void {
  const at = valueIn(config)
  for (const field of limitedFields()) {
    const { path } = field
    const value = at(path)
    const broken = inForce(field, at).find(({ only }) => !only.includes(value as Limit['only'][number]))
    if (!broken) continue
    throw new UnrollError('E_CONFIG_DATA', `${path}: ${broken.why}; set it to ${anyOf(valuesLeft(field, at)!)}, not ${String(value)}.`, { path }) // prettier-ignore
  }
}
