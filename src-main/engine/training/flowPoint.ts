// What a run of the flow and radius programs says: curves over the steps of each layer, aligned at the end of each sequence, as a point for the
// record and as metrics.
import { fateOf, type FlowLayer, type FlowPoint } from '../../contract/flow.ts'
import { largest } from '../../contract/longLists.ts'
import { corners } from '../nn/imageNetwork.ts'
import type { Executable } from '../run/executor.ts'

/** Entries kept of a curve; longer windows are strided, from the end back. */
const mostEntries = 512

/** (T, B) in the order in which the layer made its steps; of a picture's (R, C, B) the steps are anti-diagonals, all places of one as one vector. */
interface Norms {
  steps: number
  batch: number
  at(step: number, column: number): number
}

function normsOf(flow: Executable, name: string, reverse = name.endsWith('.reverse')): Norms {
  const { shape } = flow.program.slots.get(name)!
  const values = flow.read(name)
  if (shape.length === 3) return diagonalNorms(values, shape as [number, number, number], name)
  const [steps, batch] = shape as [number, number]
  return { steps, batch, at: (step, column) => values[(reverse ? steps - 1 - step : step) * batch + column]! }
}

/** Norms per place (R, C, B) -> per anti-diagonal, counted from the corner that the direction in `name` starts from. */
function diagonalNorms(
  values: ArrayLike<number>,
  shape: readonly [number, number, number],
  name: string,
): Norms {
  const [rows, columns, batch] = shape
  const { up, left } = corners.find(({ id }) => name.endsWith(`.${id}`))!
  const steps = rows + columns - 1
  const squares = new Float64Array(steps * batch)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const step = (up ? rows - 1 - i : i) + (left ? columns - 1 - j : j)
      for (let b = 0; b < batch; b++)
        squares[step * batch + b]! += values[(i * columns + j) * batch + b]! ** 2
    }
  }
  return { steps, batch, at: (step, column) => Math.sqrt(squares[step * batch + column]!) }
}

/** First and last step of each sequence, from its mask; all steps where there is no padding. A column without a sequence ends before 0. */
function rangesOf(flow: Executable, layer: string, { steps, batch }: Norms): { starts: number[]; ends: number[] } {
  const name = `mask/${layer.replace('.reverse', '')}`
  const mask = flow.program.slots.has(name) ? normsOf(flow, name, layer.endsWith('.reverse')) : undefined
  const isInside = (column: number) => (_: unknown, step: number) => !mask || mask.at(step, column) > 0
  const inside = Array.from({ length: batch }, (_, column) => Array.from({ length: steps }, isInside(column)))
  return { starts: inside.map((all) => Math.max(0, all.indexOf(true))), ends: inside.map((all) => all.lastIndexOf(true)) }
} // prettier-ignore

/** Last step of each sequence that anything reaches, -1 where nothing does; `otherwise` where nothing reaches any. */
function endsOf({ steps, batch, at }: Norms, otherwise: readonly number[]): readonly number[] {
  const ends = Array.from({ length: batch }, (_, column) => {
    let step = steps - 1
    while (step >= 0 && at(step, column) === 0) step--
    return step
  })
  return ends.some((end) => end >= 0) ? ends : otherwise
}

/** Mean over the sequences that are that long, by steps back from the end of each; the last entry is the end. */
function alignedMean({ at }: Norms, starts: readonly number[], ends: readonly number[]): Float64Array {
  const length = largest(ends.map((end, column) => end + 1 - starts[column]!))
  return Float64Array.from({ length }, (_, i) => {
    const back = length - 1 - i
    const long = ends.flatMap((end, column) =>
      end - back >= starts[column]! ? [at(end - back, column)] : [],
    )
    return long.reduce((sum, norm) => sum + norm, 0) / long.length
  })
}

const outputsIn = (executable: Executable | undefined, prefix: string): string[] =>
  [...(executable?.program.slots.keys() ?? [])].filter((name) => name.startsWith(prefix))

/** The whole curves of every layer after a run of the flow program. */
export const flowCurves = (flow: Executable): FlowLayer[] =>
  outputsIn(flow, 'norms/').map((name): FlowLayer => {
    const layer = name.slice('norms/'.length)
    const last = normsOf(flow, `last/${layer}`)
    const { starts, ends: lasts } = rangesOf(flow, layer, last)
    const ends = endsOf(last, lasts)
    return {
      layer,
      norms: alignedMean(normsOf(flow, name), starts, ends),
      last: alignedMean(last, starts, ends),
    }
  })

/** What the two programs say, as a point for the record and as metrics: `whole` of the one, and the other after its run. */
export function flowPoint(
  step: number,
  whole: readonly FlowLayer[],
  radius: Executable | undefined,
): { point: FlowPoint; values: Record<string, number> } {
  const values: Record<string, number> = {}
  const longest = Math.max(1, largest(whole.map(({ norms }) => norms.length)))
  const stride = Math.ceil(longest / mostEntries)
  for (const { layer, last } of whole) {
    const { kind, ratio } = fateOf(last, 1)
    if (kind !== 'none') values[`flow/${layer}/first_over_last`] = ratio
  }
  const radii = outputsIn(radius, 'radius/').map((name) => {
    const value = radius!.scalar(name)
    values[name] = value
    return { name: name.slice('radius/'.length), value }
  })
  const kept = (curve: Float64Array) => curve.filter((_, t) => (curve.length - 1 - t) % stride === 0)
  const layers = whole.map(({ layer, norms, last }) => ({ layer, norms: kept(norms), last: kept(last) }))
  return { point: { step, stride, layers, radii }, values }
}
