// What stands in the second pane: another run, checkpoint, layer or signal over the same text. Pure.
import type { Checkpoint } from '@contract/run.ts'
import type { TextSignals } from '@contract/inspect.ts'
import type { Heatmap } from '../../heatmaps/heatmap.ts'

/** The second pane, as it is stored in the link. */
export interface OtherReading {
  /** Id of a run; empty = the run of the page. */
  run: string
  /** Step of the checkpoint; null = the best, else the newest. */
  step: number | null
  layer: number
  /** Id of a signal; empty = that of the first pane if the cell has it. */
  signal: string
  /** null = the same unit in the same run, the best match in another one. */
  unit: number | null
}

/** What the second pane opens on: the kept checkpoint before the one shown, else another one, else another signal. */
export function openedOther(
  shown: { layer: number; signal: string; step: number },
  checkpoints: readonly Pick<Checkpoint, 'step' | 'missing'>[],
  signals: readonly { id: string }[],
): OtherReading {
  const steps = checkpoints
    .filter((one) => !one.missing && one.step !== shown.step)
    .map((one) => one.step)
    .sort((a, b) => b - a)
  const step = steps.find((one) => one < shown.step) ?? steps.at(-1) ?? null
  const signal = step === null ? (signals.find(({ id }) => id !== shown.signal)?.id ?? '') : ''
  return { run: '', step, layer: shown.layer, signal, unit: null }
}

/** The text of a reading as it was read: its symbols with the white space before words. */
export const textOf = ({ tokens, spaces }: Pick<TextSignals, 'tokens' | 'spaces'>): string =>
  tokens.map((token, t) => (spaces[t] ?? '') + token).join('')

/** Whether both panes show the same symbols, so that positions mean the same in both. */
export const sameSymbols = (a: TextSignals, b: TextSignals): boolean =>
  a.tokens.length === b.tokens.length && a.tokens.every((token, t) => token === b.tokens[t])

/** Signals without bounds share the larger range; the others have the same range anyway. */
export function sharedReach(a: Pick<Heatmap, 'kind' | 'hi'>, b: Pick<Heatmap, 'kind' | 'hi'>): number | null {
  const reach = Math.max(a.hi, b.hi)
  return a.kind === 'free' && b.kind === 'free' && Number.isFinite(reach) ? reach : null
}

/** Most positions over which units are correlated. */
const mostPositions = 20_000

export interface UnitMatch {
  unit: number
  /** Pearson's correlation, -1..1. */
  correlation: number
}

/** The unit of `b` with the largest |correlation| with a unit of `a` over their common text of T symbols; null without one that varies. */
export function bestMatch(a: TextSignals, unit: number, b: TextSignals): UnitMatch | null {
  const length = Math.min(a.tokens.length, b.tokens.length)
  const stride = Math.max(1, Math.ceil(length / mostPositions))
  const [sums, squares, products] = Array.from({ length: 3 }, () => new Float64Array(b.units)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let [n, sum, square] = [0, 0, 0]
  for (let t = 0; t < length; t += stride) {
    const x = a.values[t * a.units + unit]!
    n++
    sum += x
    square += x * x
    for (let u = 0, at = t * b.units; u < b.units; u++, at++) {
      const y = b.values[at]!
      sums[u]! += y
      squares[u]! += y * y
      products[u]! += x * y
    }
  }
  const spread = square - (sum * sum) / n
  let best: UnitMatch | null = null
  for (let u = 0; u < b.units; u++) {
    const correlation =
      (products[u]! - (sum * sums[u]!) / n) / Math.sqrt(spread * (squares[u]! - (sums[u]! * sums[u]!) / n))
    if (Math.abs(correlation) > Math.abs(best?.correlation ?? 0)) best = { unit: u, correlation }
  }
  return best
}
