// Texts of a chart: the note below it, and the summary and the values for screen readers. Pure.
import { formatCount, formatNumber } from '../ui/format.ts'
import { markText } from './decimate.ts'
import type { Drawn } from './useLineChart.ts'
import { nameOf, ofSeveralRuns, type ChartLine, type Reading } from './lines.ts'
import type { XAxis } from './series.ts'

/** Most lines that are described individually. */
const told = 8

/** The full name of a line: run and variant. */
export function lineName(line: ChartLine, several: boolean): string {
  const { run, what } = nameOf(line, several)
  return [run, what].filter(Boolean).join(' · ')
}

export interface Shown {
  lines: readonly ChartLine[]
  drawn: Drawn
  axis: XAxis
  smoothing: number
  robust: boolean
}

/** The note below a chart: thinned points, smoothing, the best step, ranges of NaN and infinities. */
export function noteOf({ lines, drawn, axis, smoothing, robust }: Shown) {
  const { shown, total, unloggable, marks } = drawn
  const best = lines.filter((line) => line.bestStep !== undefined)
  const several = ofSeveralRuns(lines)
  const parts = [
    shown < total
      ? `${formatCount(shown)} of ${formatCount(total)} points drawn, extremes kept`
      : `${formatCount(total)} ${total === 1 ? 'point' : 'points'}`,
    smoothing > 0 && `smoothed ${smoothing}`,
    axis === 'epoch' &&
      lines.some((line) => line.clock.epochsPerStep === 0) &&
      'no epoch done yet: x is the step',
    robust && 'axis leaves out the outer 10 %',
    unloggable > 0 && `${formatCount(unloggable)} not positive, not on a log axis`,
    best.length === 1 &&
      `best ${best[0]!.variant} at step ${formatCount(best[0]!.bestStep!)}`.replace('  ', ' '),
  ]
  return {
    text: parts.filter(Boolean).join(' · '),
    marks: marks.slice(0, 3).map(({ line, mark }) => `${lineName(line, several)}: ${markText(mark)}`),
    more: Math.max(0, marks.length - 3),
  }
}

/** Summary for screen readers: title, first and last values, and the keys that move the cursor. */
export function summaryOf(title: string, lines: readonly ChartLine[]): string {
  const several = ofSeveralRuns(lines)
  const ends = lines.slice(0, told).map((line) => {
    const { values } = line.columns
    return `${lineName(line, several)}: first ${formatNumber(values[0])}, last ${formatNumber(values[values.length - 1])}`
  })
  return `${title}. ${ends.join('; ')}. Arrow keys read points, plus and minus zoom, 0 resets.`
}

/** The values at the cursor as text; a value measured at another step names it. */
export function spokenOf(
  readings: readonly Reading[],
  stepName: string,
  several: boolean,
  stepText: (step: number) => string = formatCount,
): string {
  const [first] = readings
  if (!first) return ''
  const values = readings.map((r) => {
    const own = r.step === first.step ? '' : ` at ${stepName} ${stepText(r.step)}`
    return `${lineName(r.line, several)} ${formatNumber(r.raw)}${own}`
  })
  return `${stepName} ${stepText(first.step)}: ${values.slice(0, told).join(', ')}`
}
