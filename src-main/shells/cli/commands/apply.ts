// `unroll apply RUN`: what a trained network answers to new texts, given one by one or as the lines of a file, which is read and answered in
// batches.
import { basename, dirname } from 'node:path'
import type { Command } from 'commander'
import { writePieces } from '../../../store/files.ts'
import { answerTable } from '../../../contract/answerTable.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { append } from '../../../contract/longLists.ts'
import type { RunRow } from '../../../contract/run.ts'
import { tableEndings, tableFormatOf, tableFormats } from '../../../contract/tableFile.ts'
import { whyNoApply } from '../../../contract/taskInfo.ts'
import type { App } from '../../appInterface.ts'
import { userPath } from '../../userPath.ts'
import { checkImageFlags, classifyImages } from '../appliedImages.ts'
import { checkSeriesFlags, forecastSeries, type SeriesFlags } from '../appliedSeries.ts'
import { answersInBatches, type GivenTexts } from '../answerBatches.ts'
import { answerLines, answerRows, readingNotes } from '../answeredTexts.ts'
import { decodeOption } from '../dataset.ts'
import { findRun } from '../findRun.ts'
import { checkNewFile } from '../newFile.ts'
import { collect, number, refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags extends GivenTexts, SeriesFlags {
  out?: string
  force?: boolean
}

export function applyCommand(program: Command, cli: Cli): void {
  program
    .command('apply')
    .description(
      'give new inputs to a trained network: classes, tags or output texts of texts, the forecast of a series, or classes of images',
    )
    .argument('<run>')
    .option('--text <text>', 'a text; repeatable', collect)
    .option('--values <numbers>', 'forecasts: the last values of a series, with spaces between them')
    .option(
      '--file <file>',
      'a file with one text per line, a table of a series, or images (PNG, JPEG, IDX, .npy); "-" is standard input',
    )
    .option(
      '--column <name>',
      'texts: the file is a table with a heading: its column with the texts, by name or number',
    )
    .option(
      '--out <file>',
      `write a table of texts, answers and probabilities, or of forecasts, as ${tableEndings}`,
    )
    .option('--invert', 'images: black and white change places')
    .option('--ahead <n>', "forecasts: records ahead, else the run's horizon", number('ahead'))
    .option('--top <n>', 'classes of an answer, else all; tags of each symbol, else 1', number('top'))
    .option(
      '--beam <n>',
      'output texts: follow so many outputs at once; else greedy decoding',
      number('beam'),
    )
    .option(
      '--length-penalty <alpha>',
      'with --beam: rank outputs by log p / ((5 + length) / 6)^alpha; 0.6 if left out',
      number('length-penalty'),
    ) // prettier-ignore
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .addOption(decodeOption())
    .option('--force', 'with --out: replace the file if it exists')
    .action((word: string, flags: Flags) =>
      cli.start(
        async (app) => {
          const run = await findRun(app, word)
          const why = whyNoApply(run.task)
          if (why)
            throw new UnrollError('E_ARG', `${run.name} ${why}.`, {
              advice: { action: run.task.abilities.generates === 'text' ? 'sample' : 'show', run: run.id },
            })
          if (run.task.abilities.applies === 'series') {
            checkSeriesFlags(flags)
            checkOut(flags)
            return forecastSeries(cli, app, run, flags)
          }
          if (run.task.abilities.applies === 'images') {
            checkImageFlags(flags)
            checkOut(flags)
            return classifyImages(cli, app, run, flags)
          }
          checkFlags(flags)
          if (flags.out !== undefined) return writeTable(cli, app, run, flags)
          return flags.text ? printTexts(cli, app, run, flags) : printFile(cli, app, run, flags)
        },
        // An unfinished table is removed before the process ends.
        { graceful: flags.out !== undefined },
      ),
    )
}

function checkFlags(flags: Flags): void {
  if (flags.beam === undefined) refuseFlags(flags, ['lengthPenalty'], 'that is for --beam')
  refuseFlags(flags, ['values', 'ahead'], 'that is for runs that forecast series')
  refuseFlags(flags, ['invert'], 'that is for runs that classify images')
  if (flags.file === undefined) refuseFlags(flags, ['decode', 'column'], 'that is for --file')
  else refuseFlags(flags, ['text'], 'the lines of --file are read')
  if (flags.text === undefined && flags.file === undefined)
    throw new UnrollError('E_ARG', 'no text: give one with --text, or a file with one per line with --file.')
  checkOut(flags)
}

function checkOut(flags: Flags): void {
  if (flags.out === undefined) return refuseFlags(flags, ['force'], 'that is for --out')
  if (tableFormatOf(flags.out) === undefined)
    throw new UnrollError('E_ARG', `--out: ${flags.out}: the file must end in ${tableEndings}.`)
  checkNewFile(userPath(flags.out), flags.force === true)
}

async function printTexts(cli: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  const { out } = cli
  const notes = readingNotes()
  const shown: object[] = []
  const isOne = flags.text!.length === 1
  let stepRead = 0
  for await (const { texts, answers, first, step } of answersInBatches(cli, app, run, flags)) {
    notes.add(answers)
    stepRead = step
    if (out.json)
      append(
        shown,
        answers.map((one, i) => ({ text: texts[i]!, ...one })),
      )
    for (const line of isOne
      ? answerLines(answers[0]!, out.columns)
      : answerRows(texts, answers, first === 1))
      out.line(line)
  }
  out.object({ run: run.id, step: stepRead, answers: shown })
  if (!out.json) for (const line of notes.lines()) out.note(line)
}

async function printFile(cli: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  const { out } = cli
  const notes = readingNotes()
  for await (const { texts, answers, first, step } of answersInBatches(cli, app, run, flags)) {
    notes.add(answers)
    if (!out.json) for (const line of answerRows(texts, answers, first === 1)) out.line(line)
    else
      answers.forEach((one, i) => out.object({ run: run.id, step, line: first + i, text: texts[i]!, ...one }))
  }
  if (!out.json) for (const line of notes.lines()) out.note(line)
}

async function writeTable(cli: Cli, app: App, run: RunRow, flags: Flags): Promise<number> {
  const { out, leave } = cli
  const path = userPath(flags.out!)
  const { write } = tableFormats[tableFormatOf(path)!]
  const encoder = new TextEncoder()
  const notes = readingNotes()
  let left: number | undefined
  void leave.asked.then((code) => (left = code))
  let done = { step: 0, texts: 0, bytes: 0 }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let columns: ReturnType<typeof answerTable> | undefined
    for await (const { texts, answers, first, step } of answersInBatches(cli, app, run, flags)) {
      if (left !== undefined) return
      notes.add(answers)
      const isFirst = columns === undefined
      columns ??= answerTable(answers[0]!, flags.top !== undefined)
      const { heading, row } = columns
      const rows = answers.map((one, i) => row(texts[i]!, one))
      const piece = encoder.encode(write(heading, rows, isFirst))
      done = { step, texts: first + texts.length - 1, bytes: done.bytes + piece.length }
      out.progress(`${done.texts} texts`)
      yield piece
    }
  }
  await writePieces(dirname(path), pieces(), () => (left === undefined ? basename(path) : undefined))
  out.progress('')
  if (left !== undefined) return left
  out.object({ run: run.id, file: path, ...done })
  out.line(`${path}  ${done.texts} texts`)
  if (!out.json) for (const line of notes.lines()) out.note(line)
  return 0
}
