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
    meanLosses(columnLosses(model, { ids, variants: all, labels: new Map(), parts: 1 }), ids.length),
  ) as [number[], number[]]
  return units.map((_, i) => ({
    ofClass: losses[2 * i + 1]! - losses[2 * i]!,
    rest: lossesOfRest[2 * i]! - lossesOfRest[2 * i + 1]!,
  }))
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

/** Mean of each row of (variants, T), without the first symbol, which is not predicted. */
const meanLosses = (losses: Float32Array, symbols: number): number[] =>
  Array.from({ length: losses.length / symbols }, (_, v) => {
    const row = losses.subarray(v * symbols + 1, (v + 1) * symbols)
    return row.reduce((sum, loss) => sum + loss, 0) / row.length
  })
