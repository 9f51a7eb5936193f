// The sparse probe of a class of lines: its layer, feature and strength are chosen on a quarter of the lines that may be fitted.
import type { LineFeature, SparseProbe } from '../../../contract/analyses.ts'
import type { LayerFeatures } from './features.ts'
import { accuracyOf } from './oneUnit.ts'
import { fitSparse, scalesOf, scoresOf, standardise, type LinearProbe, type Rows } from './sparseProbe.ts'

/** Values of C that are tried, from few weights to many. */
const strengths = Array.from({ length: 9 }, (_, i) => 2 ** (i - 8))
/** Most lines that a regression is fitted to, evenly spread. */
const maxFitted = 4000

/** The layer and feature, and the C, whose regression is the most accurate on a quarter of the first half; fitted to the whole half then. */
export function bestProbe(
  layers: readonly LayerFeatures[],
  of: Uint8Array,
  [ranked, reported]: readonly [number[], number[]],
): SparseProbe {
  const every = Math.max(1, Math.ceil(ranked.length / maxFitted))
  const fitted = ranked.filter((_, i) => i % every === 0)
  const [fit, choose] = [0, 1].map((part) => fitted.filter((_, i) => (i % 4 === 3) === (part === 1))) as [
    number[],
    number[],
  ]
  const tried = layers.flatMap((layer, index) =>
    (['last', 'mean'] as const).flatMap((feature) => {
      const path = fitPath(layer, feature, of, fit)
      return path.map(({ probe, c }) => ({
        index,
        feature,
        c,
        accuracy: accuracyOfProbe(layer, feature, of, choose, probe),
      }))
    }),
  )
  // The fewest weights among equals: strengths rise.
  const { index, feature, c } = tried.reduce((a, b) => (b.accuracy > a.accuracy ? b : a))
  const layer = layers[index]!
  const { probe } = fitPath(layer, feature, of, fitted, c).at(-1)!
  const strongest = [...probe.weights.keys()]
    .filter((unit) => probe.weights[unit] !== 0)
    .sort((a, b) => Math.abs(probe.weights[b]!) - Math.abs(probe.weights[a]!))
  return {
    layer: index,
    feature,
    c,
    accuracy: accuracyOfProbe(layer, feature, of, reported, probe),
    nonZero: strongest.length,
    units: layer.units,
    weights: strongest.slice(0, 10).map((unit) => ({ unit, weight: probe.weights[unit]! })),
  }
}

interface FittedProbe extends LinearProbe {
  scales: ReturnType<typeof scalesOf>
}

const rowsOf = (layer: LayerFeatures, feature: LineFeature, lines: readonly number[]): Rows => ({
  x: Float64Array.from({ length: lines.length * layer.units }, (_, i) => {
    const unit = i % layer.units
    return layer[feature][lines[(i - unit) / layer.units]! * layer.units + unit]!
  }),
  units: layer.units,
})

/** Probes of rising strengths up to `last`, each fitted from the one before. */
function fitPath(
  layer: LayerFeatures,
  feature: LineFeature,
  of: Uint8Array,
  lines: readonly number[],
  last = Infinity,
) {
  const rows = rowsOf(layer, feature, lines)
  const scales = scalesOf(rows)
  const standard = standardise(rows, scales)
  const classes = Uint8Array.from(lines, (i) => of[i]!)
  let probe: LinearProbe | undefined
  return strengths
    .filter((c) => c <= last)
    .map((c) => {
      probe = fitSparse(standard, classes, c, probe)
      return { c, probe: { ...probe, scales } }
    })
}

function accuracyOfProbe(
  layer: LayerFeatures,
  feature: LineFeature,
  of: Uint8Array,
  lines: readonly number[],
  probe: FittedProbe,
): number {
  const values = scoresOf(standardise(rowsOf(layer, feature, lines), probe.scales), probe)
  return accuracyOf({ values, of: Uint8Array.from(lines, (i) => of[i]!) }, { sign: 1, threshold: 0 })
}
