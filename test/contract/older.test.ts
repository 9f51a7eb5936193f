// Configurations of older versions under today's names: every option that moved keeps its value, and both names at once are refused.
import { describe, expect, it } from 'vitest'
import { groupNames, optionGroups } from '../../src-main/contract/config.ts'
import { fieldsOf, type Field } from '../../src-main/contract/fields.ts'
import { oldPaths } from '../../src-main/contract/renamedOptions.ts'
import { readConfig } from '../../src-main/engine/config.ts'

/** Options with another last name now; all others kept theirs and moved to the group that is told by the second list. */
const renamed: Record<string, string> = {
  'model.head': 'model.hiddenReadout',
  'train.carry': 'train.stateful',
  'train.labelWeights': 'train.classWeights',
  'train.optimizer': 'optimizer.name',
  'train.clip': 'optimizer.clipNorm',
  'train.schedule': 'schedule.name',
  'train.activityPenalty': 'regularization.activityRegularization',
  'train.fraternal': 'regularization.fraternalDropout',
  'train.omega': 'regularization.vanishingGradientPenalty',
  'train.forcing': 'forcing.mode',
  'train.forcingRatio': 'forcing.ratio',
  'train.forcingHalf': 'forcing.halfLife',
  'train.forcingFloor': 'forcing.floor',
  'train.forcingUnit': 'forcing.unit',
  'train.professorUnits': 'forcing.discriminatorUnits',
  'train.professorSees': 'forcing.discriminatorInput',
  'train.professorWeight': 'forcing.discriminatorWeight',
  'train.flowEvery': 'logging.gradientEvery',
}
const fields = new Map(
  groupNames.flatMap((group) => fieldsOf(optionGroups[group], group)).map((field) => [field.path, field]),
)
const leafOf = (path: string) => path.split('.')[1]!
/** Where an option of version 3 is today, found without the table of the program. */
const pathNow = (old: string): string =>
  renamed[old] ?? [...fields.keys()].find((path) => leafOf(path) === leafOf(old))!

/** A value that is not the default, in the range of every option. */
function otherValue({ type, choices, default: usual, min = 0 }: Field): unknown {
  if (choices) return choices.find((choice) => choice !== usual)
  if (type === 'boolean') return !usual
  const candidates = type === 'integer' ? [min, min + 1] : [0.25, 0.5, 0.001]
  return candidates.find((value) => value !== usual && value >= min)
}
const valueAt = (config: object, path: string): unknown =>
  path.split('.').reduce<unknown>((level, key) => (level as Record<string, unknown>)[key], config)
const nested = (path: string, value: unknown) => ({ [path.split('.')[0]!]: { [leafOf(path)]: value } })

describe('an option of version 3', () => {
  const moved = oldPaths.filter((path) => !path.startsWith('data.'))

  it('is every one that moved or has another name', () =>
    expect(Object.keys(renamed).filter((path) => !moved.includes(path))).toEqual([]))

  it.each(moved)('%s keeps its value, and today’s name is said', (old) => {
    const path = pathNow(old)
    const value = otherValue(fields.get(path)!)
    // The token was called a step.
    const given = old === 'train.forcingUnit' && value === 'token' ? 'step' : value
    const read = readConfig({ version: 3, seed: 1, ...nested(old, given) })
    expect(valueAt(read.config, path)).toBe(value)
    expect(read.renamed).toEqual([{ from: old, to: `${path}=${String(value)}` }])
    expect(read.config.version).toBe(4)
  })

  it.each([
    [{ train: { loss: 'halfsquares' } }, 'train.loss', 'sse'],
    [{ train: { ownSymbol: 'likeliest' } }, 'forcing.ownSymbol', 'argmax'],
    [{ train: { forcingUnit: 'step' } }, 'forcing.unit', 'token'],
    [{ model: { sizes: '8/6' } }, 'model.layers', '8/6'],
    [{ model: { sizes: '9', layers: 4, hidden: 3 } }, 'model.layers', 1],
    [{ model: { sizes: '9', layers: 4, hidden: 3 } }, 'model.hidden', 9],
    [{ model: { sizes: '', layers: 2, hidden: 3 } }, 'model.layers', 2],
    [{ task: 'sequence-classification', data: { longest: 7 } }, 'data.maxLength', 7],
    [{ task: 'sequence-classification', data: { keep: 'end' } }, 'data.truncate', 'beginning'],
    [{ task: 'sequence-classification', data: { keep: 'beginning' } }, 'data.truncate', 'end'],
  ])('%j says %s = %s', (config, path, value) =>
    expect(valueAt(readConfig({ version: 3, seed: 1, ...config }).config, path)).toBe(value),
  )

  it('is refused beside its present name', () =>
    expect(() => readConfig({ train: { clip: 1 }, optimizer: { clipNorm: 2 } })).toThrow(
      'train.clip is now optimizer.clipNorm, and both are given. Leave out train.clip.',
    ))

  it.each(['adam', null, 7, [1]])('is refused where its group is %j, no object', (optimizer) =>
    expect(() => readConfig({ optimizer, train: { lr: 0.1 } })).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG_RANGE',
        message: expect.stringMatching(/^optimizer: /) as string,
      }),
    ),
  )

  it('reaches no prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"train":{"__proto__":{"polluted":1}}}') as object
    expect(() => readConfig(hostile)).toThrow(expect.objectContaining({ code: 'E_CONFIG_KEY' }))
    expect({}).not.toHaveProperty('polluted')
  })
})
