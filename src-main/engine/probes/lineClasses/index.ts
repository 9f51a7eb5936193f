// Which units know the class of a whole line, such as the sentiment of a review: each unit by one number per line, and a sparse logistic regression
// on all of them (Radford, Jozefowicz & Sutskever, Learning to generate reviews and discovering sentiment, 2017). Units, signs, thresholds and penalties are
// chosen on every second line of the class and of the rest; every figure is of the others.
import {
  lineFeatures,
  type ClassUnit,
  type LineClasses,
  type LineFeature,
} from '../../../contract/analyses.ts'
import { nearest, quotable, UnrollError } from '../../../contract/errors.ts'
import { largest, least } from '../../../contract/longLists.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { labelledLinesOf } from '../../data/lineLabels.ts'
import { inspectedSequences } from '../inspectedSequences.ts'
import type { InspectedText } from '../index.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from '../model.ts'
import { signalOf } from '../signals.ts'
import { bestProbe } from './bestProbe.ts'
import { featuresOfLines, type LayerFeatures } from './features.ts'
import { wrongHolds } from './wrongHolds.ts'
import { accuracyOf, areaOf, bestThreshold, type ClassedValues } from './oneUnit.ts'

const leastLines = 8
const bins = 40
/** Units that are held, the best ones. */
const mostHeld = 20

interface Options extends InspectedText {
  label?: string | undefined
  signal?: string | undefined
  top: number
}

/** Throws E_ARG for lines without labels, an unknown label or signal, and fewer than 8 lines or one class in a half. */
export function classesOfLines(model: TrainedModel, { label, signal, top, ...text }: Options): LineClasses {
  refuseNonText(model, 'classes')
  const network = sequenceOf(model)
  const { id: read } = signalOf(network, signal ?? network.cell.state.at(-1) ?? 'h')
  const lines = labelledIds(model, text)
  const counts = Map.groupBy(lines, (line) => line.label)
  const labels = [...counts].map(([name, all]) => ({ label: name, lines: all.length }))
  labels.sort((a, b) => (a.label < b.label ? -1 : 1))
  const wanted = wantedLabel(
    labels.map((one) => one.label),
    label,
  )
  const of = Uint8Array.from(lines, (line) => (line.label === wanted ? 1 : 0))
  const halves = halvesOf(of)
  refuseOneClass(
    lines.length,
    halves.map((half) => half.map((i) => of[i]!)),
    wanted,
  )
  const layers = featuresOfLines(
    model,
    lines.map(({ ids }) => ids),
    read,
  )
  const units = layers.flatMap((features, layer) => unitsOf(features, layer, of, halves))
  units.sort((a, b) => b.rankArea - a.rankArea)
  const found = units.slice(0, top).map(({ rankArea: _, ...unit }) => unit)
  const costs = wrongHolds(model, {
    signal: read,
    units: found.slice(0, mostHeld),
    ofClass: lines.filter((_, i) => of[i]).map(({ ids }) => ids),
    rest: lines.filter((_, i) => !of[i]).map(({ ids }) => ids),
  })
  const share = halves[1].filter((i) => of[i]).length / halves[1].length
  return {
    label: wanted,
    labels,
    signal: read,
    counted: halves[1].length,
    majority: Math.max(share, 1 - share),
    units: found.map((unit, i) => ({ ...unit, wrongHold: costs?.[i] ?? null })),
    probe: bestProbe(layers, of, halves),
    histogram: histogramOf(valuesOf(layers[found[0]!.layer]!, found[0]!), of),
    step: model.step,
  }
}

/** The lines with a label and at least one symbol: typed ones (a label, a tab, a text), else the held-out ones of the run. */
function labelledIds(model: TrainedModel, { text, lines }: InspectedText) {
  const typed = lines ? [] : [...labelledLinesOf(text)].filter((line) => line.text.trim() !== '')
  const read = lines
    ? inspectedSequences(model, { text, lines })
    : typed
        .filter((line) => line.label !== undefined)
        .map((line) => ({ label: line.label, ids: encodeTyped(line.text, model.symbols, 'text').ids }))
  const labelled = read.flatMap(({ label, ids }) =>
    label !== undefined && ids.length > 0 ? [{ label, ids }] : [],
  )
  if (labelled.length >= leastLines) return labelled
  const what =
    labelled.length === 0
      ? 'no line has a label'
      : `${labelled.length} lines have a label, ${leastLines} are needed`
  throw new UnrollError(
    'E_ARG',
    `text: ${what}. Type lines of a label, a tab and a text, or choose a run on labelled lines (a language model: data.labels=drop).`,
    { path: 'text' },
  )
}

function wantedLabel(labels: readonly string[], label = labels.at(-1)!): string {
  if (labels.includes(label)) return label
  const near = nearest(label, labels)
  const inQuotes = (text: string) => `"${quotable(text)}"`
  throw new UnrollError(
    'E_ARG',
    `label: no line has ${inQuotes(label)}; ${near ? `did you mean ${inQuotes(near)}?` : `there are ${labels.slice(0, 20).map(inQuotes).join(', ')}.`}`,
    { path: 'label' },
  )
}

/** Every second line of the class, and of the rest, is of the second half. */
function halvesOf(of: Uint8Array): [number[], number[]] {
  const halves: [number[], number[]] = [[], []]
  const counts: [number, number] = [0, 0]
  of.forEach((is, i) => halves[counts[is ? 1 : 0]++ % 2]!.push(i))
  return halves
}

function refuseOneClass(lines: number, halves: readonly number[][], label: string): void {
  if (halves.every((half) => half.includes(0) && half.includes(1))) return
  throw new UnrollError(
    'E_ARG',
    `label: of the ${lines} lines that are read, too few or all have "${quotable(label)}". Read more lines.`,
    { path: 'label' },
  )
}

const valuesOf = (
  layer: LayerFeatures,
  { unit, feature }: { unit: number; feature: LineFeature },
): Float64Array =>
  Float64Array.from(
    { length: layer[feature].length / layer.units },
    (_, i) => layer[feature][i * layer.units + unit]!,
  )

/** Each unit with that of its features that tells the classes best on the first half. */
function unitsOf(
  layer: LayerFeatures,
  index: number,
  of: Uint8Array,
  halves: readonly [number[], number[]],
): (Omit<ClassUnit, 'wrongHold'> & { rankArea: number })[] {
  return Array.from({ length: layer.units }, (_, unit) => {
    const features = lineFeatures.map((feature) => {
      const values = valuesOf(layer, { unit, feature })
      const [ranked, reported] = halves.map((half) => ({
        values: Float64Array.from(half, (i) => values[i]!),
        of: Uint8Array.from(half, (i) => of[i]!),
      })) as [ClassedValues, ClassedValues]
      const area = areaOf(ranked)
      return { feature, ranked, reported, area, rankArea: Math.max(area, 1 - area) }
    })
    const { feature, ranked, reported, area, rankArea } = features.reduce((a, b) =>
      b.rankArea > a.rankArea ? b : a,
    )
    const sign = area < 0.5 ? (-1 as const) : (1 as const)
    const threshold = bestThreshold(ranked, sign)
    const auc = areaOf(reported)
    return {
      layer: index,
      unit,
      feature,
      sign,
      auc: sign > 0 ? auc : 1 - auc,
      accuracy: accuracyOf(reported, { sign, threshold }),
      threshold,
      rankArea,
    }
  })
}

/** Lines of the class and of the rest by the value of a unit, in equal bins from the least to the largest value. */
function histogramOf(values: Float64Array, of: Uint8Array): LineClasses['histogram'] {
  const [low, high] = [least(values), largest(values)]
  const width = (high - low) / bins || 1
  const counts = [new Array<number>(bins).fill(0), new Array<number>(bins).fill(0)] as const
  values.forEach(
    (value, i) => counts[of[i] ? 1 : 0][Math.min(bins - 1, Math.floor((value - low) / width))]!++,
  )
  return { low, high: low + width * bins, rest: counts[0], ofClass: counts[1] }
}
