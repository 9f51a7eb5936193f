// The measures of a saliency, what its legend says, and its table as CSV. Steps and pixels count from 1, as people read them.
import { csvText, type CsvCell } from '../csv.ts'
import type { InputSaliency } from '../saliency.ts'

export interface SaliencyMeasure {
  value: string
  label: string
  /** (P, D). */
  values: Float32Array
}

/** Occlusion first; integrated gradients only where they are not withheld. */
export const saliencyMeasures = (found: InputSaliency): SaliencyMeasure[] => [
  { value: 'occlusion', label: 'Occlusion', values: found.occlusion },
  { value: 'gradient', label: 'Gradient', values: found.gradient },
  { value: 'product', label: 'Gradient × input', values: found.gradientTimesInput },
  ...(found.integrated?.values
    ? [{ value: 'integrated', label: 'Integrated gradients', values: found.integrated.values }]
    : []),
]

/** The answer in words: `log p(odd) - log p(even) at step 7`. */
export function answerInWords({ answer, picture }: InputSaliency): string {
  const { kind, name, against, at } = answer
  const what =
    kind === 'number' ? `output ${name}` : `log p(${name})${against === null ? '' : ` − log p(${against})`}`
  return at === null ? what : `${what} at ${placeInWords(at, picture)}`
}

/** `step 7`, or `row 3, column 4`, from 1. */
export const placeInWords = (place: number, picture: InputSaliency['picture']): string =>
  picture
    ? `row ${Math.floor(place / picture.columns) + 1}, column ${(place % picture.columns) + 1}`
    : `step ${place + 1}`

/** The unit of the values. */
export const unitOf = ({ answer }: InputSaliency): string =>
  answer.kind === 'class' ? 'nats' : 'units of the output'

/** What was read at a place: a symbol, a gray level or a number. */
export const inputAt = (
  { inputs, tokens, dimensions }: InputSaliency,
  place: number,
  dimension: number,
): string | number => tokens[place] ?? inputs[place * dimensions.length + dimension]!

/** A row per number of each example. */
export function saliencyCsv(all: readonly InputSaliency[]): string {
  const rows = all.flatMap((found) => {
    const { example, step, picture, dimensions, inputs } = found
    const measures = [found.occlusion, found.gradient, found.gradientTimesInput, found.integrated?.values]
    return Array.from(inputs, (_, i): CsvCell[] => {
      const [place, dimension] = [Math.floor(i / dimensions.length), i % dimensions.length]
      return [
        step,
        example,
        answerInWords(found),
        ...(picture
          ? [Math.floor(place / picture.columns) + 1, (place % picture.columns) + 1]
          : [place + 1, null]),
        dimensions[dimension]!,
        inputAt(found, place, dimension),
        ...measures.map((values) => values?.[i] ?? null),
      ]
    })
  })
  const head = ['checkpoint', 'example', 'answer', 'step or row', 'column', 'name', 'input']
  return csvText([[...head, 'occlusion', 'gradient', 'gradient x input', 'integrated'], ...rows])
}
