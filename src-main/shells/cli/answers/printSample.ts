// Prints what a run recorded of its predictions at one step, by the kind that the row of its task names. A further kind of table is a file
// in this folder and a line here.
import type { AnswerTables, RunSample } from '../../../contract/run.ts'
import type { AnswerKind } from '../../../contract/taskInfo.ts'
import { imageLines } from '../images.ts'
import type { Output } from '../output.ts'
import { channelLines } from './channelLines.ts'
import { exampleLines } from './exampleLines.ts'
import { forecastLines } from './forecastLines.ts'
import { frameImages } from './frameImages.ts'
import { pianoRollLines } from './pianoRollLines.ts'
import { seriesLines } from './seriesLines.ts'

type Printer = (out: Output, sample: RunSample) => void

const lines =
  <K extends keyof AnswerTables>(linesOf: (table: AnswerTables[K]) => string[]): Printer =>
  (out, { table }) =>
    out.line(linesOf(table as AnswerTables[K]).join('\n'))

const images: Printer = (out, { pictures }) => {
  for (const line of imageLines(pictures!, out)) out.painted(line)
}

const frames: Printer = (out, { table }) => {
  for (const { title, images: strip } of frameImages(table as AnswerTables['frames'])) {
    out.line(title)
    for (const line of imageLines(strip, out)) out.painted(line)
  }
}

const printers: Record<AnswerKind, Printer> = {
  examples: lines<'examples'>(exampleLines),
  series: lines<'series'>(seriesLines),
  channels: lines<'channels'>(channelLines),
  forecast: lines<'forecast'>(forecastLines),
  'piano roll': lines<'piano roll'>(pianoRollLines),
  frames,
  'generated images': images,
  'classified images': images,
}

/** Prints the record of one step; its text where the task records no predictions (`kind` null) or the sample holds none. */
export function printSample(out: Output, kind: AnswerKind | null, sample: RunSample): void {
  if (kind === null || (!sample.table && !sample.pictures)) out.line(sample.text)
  // A run of before may hold tables of the kind that its task recorded then.
  else printers[sample.table?.kind ?? kind](out, sample)
}
