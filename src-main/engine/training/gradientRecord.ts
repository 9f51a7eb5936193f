// Outputs of the gradient programs -> curves over the steps of each layer, aligned at the end of each sequence, as a record and as metrics.
import { trendOf, type LayerGradients, type GradientRecord } from '../../contract/gradients.ts'
import { layerKey, parseLayerKey, type LayerPath } from '../../contract/layerPath.ts'
import { largest } from '../../contract/longLists.ts'
import { fillPattern, gradientRatio, matchPattern, spectralRadius } from '../../contract/metrics.ts'
import type { Executable } from '../run/executor.ts'
import { stepNorms, type Norms } from './gradientSteps.ts'

/** Most entries of a curve; longer ones are strided, from the end back. */
const mostEntries = 512

/** An output of the program as norms per step of the scan `of`. */
function normsOf(executable: Executable, name: string, of: LayerPath): Norms {
  return stepNorms(executable.read(name), executable.program.slots.get(name)!.shape, of.direction)
}

/** First and last step of each sequence by its mask; all steps without padding. The end of an empty column is -1. */
function rangesOf(
  executable: Executable,
  scan: LayerPath,
  { steps, batch }: Norms,
): { starts: number[]; ends: number[] } {
  const { direction: _, ...layer } = scan
  const name = `mask/${layerKey(layer)}`
  const mask = executable.program.slots.has(name) ? normsOf(executable, name, scan) : undefined
  const isInside = (column: number) => (_: unknown, step: number) => !mask || mask.at(step, column) > 0
  const inside = Array.from({ length: batch }, (_, column) => Array.from({ length: steps }, isInside(column)))
  return {
    starts: inside.map((all) => Math.max(0, all.indexOf(true))),
    ends: inside.map((all) => all.lastIndexOf(true)),
  }
}

/** Last step of each sequence with a non-zero norm, -1 if all are 0; `otherwise` if they are 0 in all sequences. */
function endsOf({ steps, batch, at }: Norms, otherwise: readonly number[]): readonly number[] {
  const ends = Array.from({ length: batch }, (_, column) => {
    let step = steps - 1
    while (step >= 0 && at(step, column) === 0) step--
    return step
  })
  return ends.some((end) => end >= 0) ? ends : otherwise
}

/** Mean norm by steps back from the end of each sequence, over the sequences that are long enough; the last entry is the end. */
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

/** The curves of every scan after a run of the program. */
export const gradientCurves = (executable: Executable): LayerGradients[] =>
  outputsIn(executable, 'norms/').map((name): LayerGradients => {
    const layer = name.slice('norms/'.length)
    const scan = parseLayerKey(layer)!
    const last = normsOf(executable, `last/${layer}`, scan)
    const { starts, ends: lasts } = rangesOf(executable, scan, last)
    const ends = endsOf(last, lasts)
    return {
      layer,
      norms: alignedMean(normsOf(executable, name, scan), starts, ends),
      last: alignedMean(last, starts, ends),
    }
  })

/** A record and its metrics from the curves `whole` and the outputs of the program of spectral radii, if there is one. */
export function gradientRecord(
  step: number,
  whole: readonly LayerGradients[],
  radius: Executable | undefined,
): { point: GradientRecord; values: Record<string, number> } {
  const values: Record<string, number> = {}
  const longest = Math.max(1, largest(whole.map(({ norms }) => norms.length)))
  const stride = Math.ceil(longest / mostEntries)
  for (const { layer, last } of whole) {
    const { kind, ratio } = trendOf(last, 1)
    if (kind !== 'none') values[fillPattern(gradientRatio.name, layer)] = ratio
  }
  const radii = [...(radius?.program.slots.keys() ?? [])].flatMap((metric) => {
    const name = matchPattern(spectralRadius.name, metric)
    if (name === undefined) return []
    const value = radius!.scalar(metric)
    values[metric] = value
    return [{ name, value }]
  })
  const kept = (curve: Float64Array) => curve.filter((_, t) => (curve.length - 1 - t) % stride === 0)
  const layers = whole.map(({ layer, norms, last }) => ({ layer, norms: kept(norms), last: kept(last) }))
  return { point: { step, stride, layers, radii }, values }
}
