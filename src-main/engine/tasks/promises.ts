// Expected results of presets as text: metric, bounds, training duration, and the number of seeds within the bounds.
import type { Preset, PresetPromise } from '../../contract/catalog.ts'

/** A preset as defined in a task; `remark` is appended to its expected results. */
export type PresetRow = Omit<Preset, 'expects'> & { remark?: string }

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 6 })
const count = (n: number, unit: string): string => `${number(n)} ${unit}${n === 1 ? '' : 's'}`

/** "at least 0.99", "at most 0.9", "from 2.2 to 2.45". */
export function boundInWords({ atLeast, atMost }: PresetPromise): string {
  if (atLeast !== undefined && atMost !== undefined) return `from ${number(atLeast)} to ${number(atMost)}`
  return atMost === undefined ? `at least ${number(atLeast!)}` : `at most ${number(atMost)}`
}

/** "val/sequence_accuracy", or "f1 of signal z for space". */
export const metricInWords = ({ metric, find }: PresetPromise): string =>
  find ? `${metric} of signal ${find.signal} for ${find.predicate}` : metric

/** "10 of 10 seeds"; '' for a published result. */
export const seedsInWords = ({ seeds }: PresetPromise): string =>
  seeds ? `${seeds.kept} of ${count(seeds.of, 'seed')}` : ''

/** Whether a value is within the bounds. */
export const isWithin = ({ atLeast = -Infinity, atMost = Infinity }: PresetPromise, value: number): boolean =>
  value >= atLeast && value <= atMost

/** "After 2,000 steps"; "Within" if the run may stop earlier because it is solved. */
function durationInWords({ train }: Preset['config']): string {
  const { steps, epochs, stopWhenSolved } = train ?? {}
  return `${stopWhenSolved ? 'Within' : 'After'} ${steps ? count(steps, 'step') : count(epochs!, 'epoch')}`
}

/** The preset with `expects`: "After 2,000 steps: val/loss at most 0.9 (10 of 10 seeds). The remark." */
export function withExpectation({ remark, ...preset }: PresetRow): Preset {
  const figures = preset.promises.map((promise) => {
    const seeds = seedsInWords(promise)
    const beside = promise.baseline ? `, better than ${promise.baseline}` : ''
    return `${metricInWords(promise)} ${boundInWords(promise)}${beside}${seeds && ` (${seeds})`}`
  })
  const promised = `${durationInWords(preset.config)}: ${figures.join('; ')}.`
  return { ...preset, expects: remark ? `${promised} ${remark}` : promised }
}
