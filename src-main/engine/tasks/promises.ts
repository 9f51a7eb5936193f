// What a preset promises, in words: the metric by its key, the bound, when it is read, and the share of seeds that kept it.
import type { Preset, PresetPromise } from '../../contract/catalog.ts'

/** A preset as it is written down; `remark` follows the promises. */
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

/** "10 of 10 seeds"; empty for a figure that was published. */
export const seedsInWords = ({ seeds }: PresetPromise): string =>
  seeds ? `${seeds.kept} of ${count(seeds.of, 'seed')}` : ''

export const keeps = ({ atLeast = -Infinity, atMost = Infinity }: PresetPromise, value: number): boolean =>
  value >= atLeast && value <= atMost

/** A run that may be solved ends before its last step. */
function whenInWords({ train }: Preset['config']): string {
  const { steps, epochs, stopWhenSolved } = train ?? {}
  return `${stopWhenSolved ? 'Within' : 'After'} ${steps ? count(steps, 'step') : count(epochs!, 'epoch')}`
}

/** "After 2,000 steps: val/loss at most 0.9 (10 of 10 seeds). The remark." */
export function withExpectation({ remark, ...preset }: PresetRow): Preset {
  const figures = preset.promises.map((promise) => {
    const seeds = seedsInWords(promise)
    return `${metricInWords(promise)} ${boundInWords(promise)}${seeds && ` (${seeds})`}`
  })
  const promised = `${whenInWords(preset.config)}: ${figures.join('; ')}.`
  return { ...preset, expects: remark ? `${promised} ${remark}` : promised }
}
