// What it costs the lines of a class to hold a unit as in the other class: a unit that only knows the class costs nothing, one that the network uses
// makes the words of the other class likelier and those of its own unlikelier.
import type { ClassUnit, WrongHold } from '../../../contract/analyses.ts'
import { append } from '../../../contract/longLists.ts'
import type { Change } from '../changes.ts'
import { columnLosses } from '../columns.ts'
import { quantile } from '../levels.ts'
import { predictsNext, type TrainedModel } from '../model.ts'
import { recordSignal } from '../recordings/signals.ts'

/** Symbols of each side that are read. */
const length = 5000
/** Quantiles of the unit over both sides. */
const [low, high] = [0.05, 0.95]

interface Sides {
  signal: string
  units: readonly Pick<ClassUnit, 'layer' | 'unit' | 'sign'>[]
  /** The lines of the class, and the others. */
  ofClass: readonly Int32Array[]
  rest: readonly Int32Array[]
}

/** The costs of the units in their order, by quantiles of 5 % and 95 % of the unit; null for a model that does not predict the next symbol. */
export function wrongHolds(model: TrainedModel, { signal, units, ofClass, rest }: Sides): WrongHold[] | null {
  if (!predictsNext(model)) return null
  const sides = [ofClass, rest].map((lines) => oneText(lines, model)) as [Int32Array, Int32Array]
  const changes = units.map((unit) => holds(model, signal, unit, sides))
  const all = changes.flatMap(({ asClass, asRest }) => [[asClass], [asRest]])
  const [losses, lossesOfRest] = sides.map((ids) =>
    columnLosses(model, { ids, variants: all, labels: new Map(), parts: 1 }),
  ) as [Float32Array, Float32Array]
  return units.map((_, i) => {
    const [asClass, asRest] = [2 * i, 2 * i + 1]
    const cost = differenceOf(losses, sides[0].length, asRest, asClass)
    const costOfRest = differenceOf(lossesOfRest, sides[1].length, asClass, asRest)
    return {
      ofClass: cost.mean,
      rest: costOfRest.mean,
      ofClassError: cost.error,
      restError: costOfRest.error,
    }
  })
}

/** The first lines as one text of about `length` symbols, with a line break after each if the model knows it. */
function oneText(lines: readonly Int32Array[], { symbols }: TrainedModel): Int32Array {
  const lineBreak = symbols.symbols.indexOf('\n')
  const ids: number[] = []
  for (const line of lines) {
    append(ids, line)
    if (lineBreak >= 0 && line.at(-1) !== lineBreak) ids.push(lineBreak)
    if (ids.length >= length) break
  }
  return Int32Array.from(ids)
}

function holds(
  model: TrainedModel,
  signal: string,
  { layer, unit, sign }: Sides['units'][number],
  sides: readonly Int32Array[],
): { asClass: Change; asRest: Change } {
  const values = recordSignal(model, sides, { layer, signal }).column(unit).toSorted()
  const setTo = (share: number): Change => ({
    layer,
    signal,
    units: [unit],
    factors: [[0, quantile(values, share)]],
    hold: false,
    always: true,
    positions: {},
  })
  return sign > 0
    ? { asClass: setTo(high), asRest: setTo(low) }
    : { asClass: setTo(low), asRest: setTo(high) }
}

/** Mean of row a minus row b of (variants, T) and its standard error; the first symbol is not predicted. */
function differenceOf(losses: Float32Array, symbols: number, a: number, b: number) {
  const differences = Float64Array.from(
    { length: symbols - 1 },
    (_, t) => losses[a * symbols + t + 1]! - losses[b * symbols + t + 1]!,
  )
  const count = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / count
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1)
  return { mean, error: Math.sqrt(variance / count) }
}
