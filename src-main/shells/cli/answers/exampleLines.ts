// Predictions for a few examples as lines of the terminal: a sign for right or wrong, input, expected and predicted output.
import type { ExamplesTable } from '../../../contract/run.ts'
import { table } from '../format.ts'

/** Characters of a column; longer texts end in an ellipsis. */
const widest = 48
const short = (text: string): string => {
  const points = [...text]
  return points.length > widest ? `${points.slice(0, widest - 1).join('')}…` : text
}

/** A line of column titles, then a line per example. */
export function exampleLines({ rows, pairs }: ExamplesTable): string[] {
  return table(
    pairs ? ['', 'source', 'reference', 'output'] : ['', 'input', 'expected', 'predicted'],
    rows.map(({ input, expected, predicted, right }) => [
      right ? '✓' : '✗',
      short(input),
      short(expected),
      short(predicted),
    ]),
  )
}
