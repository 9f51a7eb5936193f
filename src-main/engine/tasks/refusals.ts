// Validation of options against the row of the task: the same conditions that hide their fields in the form.
import { groupNames, optionGroups, type OptionGroup, type RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { allowedOf, fieldsOf, missingTrait, type Field, type FieldContext } from '../../contract/fields.ts'
import type { ValueCondition } from '../../contract/fieldMeta.ts'
import { traits } from '../../contract/taskInfo.ts'
import { cellById } from '../cells/index.ts'
import { taskInfo, type TaskRow } from './defineTask.ts'

const optionFields: readonly Field[] = groupNames.flatMap((group) => fieldsOf(optionGroups[group], group))

const refusal = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The values, fields and task of a configuration, on which conditions of fields are evaluated. */
export function filled(config: Pick<RunConfig, 'data' | OptionGroup>, row: TaskRow): FieldContext {
  const info = taskInfo(row)
  const sections: Record<string, Record<string, unknown>> = { ...config }
  return {
    value: (path) => sections[path.split('.')[0]!]?.[path.split('.')[1]!],
    fields: [...info.fields, ...optionFields],
    task: info,
  }
}

/** Throws E_CONFIG_DATA for the first option whose value the task does not support. */
export function refuseUnsupported(config: RunConfig, row: TaskRow): void {
  const context = filled(config, row)
  for (const { path, default: defaultValue, ...field } of optionFields) {
    const value = context.value(path)
    const allowed = allowedOf(path, context)
    if (allowed && !allowed.values.includes(value as never))
      throw refusal(path, `${allowed.why}; take ${choices(allowed.values)} instead of ${quoted(value)}.`)
    const trait = value === defaultValue ? undefined : missingTrait(field, context)
    const why = trait && traits[trait]
    if (why)
      throw refusal(path, `${why}; set it to ${quoted(defaultValue)}${alternatives(row.traits[trait])}.`)
  }
  if (config.forcing.mode === 'professor' && config.optimizer.name === 'hessianfree')
    throw refusal(
      'optimizer.name',
      'a discriminator is trained beside the network, each by its own gradient; take a first-order optimiser.',
    )
  refuseSmallBatch(config, row)
}

/** Values of other options with which the task has the trait, as text for an error message. */
const alternatives = (where: readonly ValueCondition[] = []): string =>
  where.map((one) => `, or ${one.path} to ${choices(one.in)}`).join('')

const quoted = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value))
/** "a", "b" or "c". */
const choices = (values: readonly unknown[]): string =>
  [values.slice(0, -1).map(quoted).join(', '), quoted(values.at(-1))].filter(Boolean).join(' or ')

/** Throws E_CONFIG_DATA if the cell normalises over the batch and the batch is smaller than the cell's minimum. */
function refuseSmallBatch({ model, train }: RunConfig, { reads }: TaskRow): void {
  if (reads === 'images') return
  const { title, smallestBatch = 1 } = cellById(model.cell)
  if (train.batch < smallestBatch)
    throw refusal(
      'train.batch',
      `a ${title} normalises over the batch, which must be at least ${smallestBatch}, not ${train.batch}.`,
    )
}
