// The outputs of a symbol series in the terminal: one line that says whether the series is solved.
import type { SeriesTable } from '../../../contract/run.ts'

export const seriesLines = ({ solved }: SeriesTable): string[] => [
  `series ${solved ? 'solved' : 'not solved yet'}`,
]
