// A table of answers as lines for people: whether a series is solved, or a few examples with what came out.
import type { AnswerTable } from '../../contract/run.ts'
import { table } from './format.ts'

const widest = 48
const short = (text: string): string => {
  const points = [...text]
  return points.length > widest ? `${points.slice(0, widest - 1).join('')}…` : text
}

export function answerLines(answers: AnswerTable): string[] {
  if (answers.kind !== 'examples') return [`series ${answers.solved ? 'solved' : 'not solved yet'}`]
  const rows = answers.rows.map((row) => [
    row.right ? '✓' : '✗',
    short(row.input),
    short(row.expected),
    short(row.predicted),
  ])
  return table(['', 'input', 'expected', 'predicted'], rows)
}
