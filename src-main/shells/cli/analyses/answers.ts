// `unroll analyse answers RUN`: the answers of a classifier or tagger to all held-out texts, with filters, or its confusion matrix and the
// figures of its classes.
import { basename, dirname } from 'node:path'
import { Option, type Command } from 'commander'
import type { Input } from '../../../contract/api.ts'
import { UnrollError } from '../../../contract/errors.ts'
import {
  answerCells,
  answerHeading,
  answerOrders,
  classScores,
  confusionTable,
  type AnswerOrder,
  type HeldOutAnswers,
} from '../../../contract/heldOutAnswers.ts'
import type { RunRow } from '../../../contract/run.ts'
import { tableEndings, tableFormatOf, tableFormats } from '../../../contract/tableFile.ts'
import { whyNoClasses } from '../../../contract/taskInfo.ts'
import { writePieces } from '../../../store/files.ts'
import type { App } from '../../appInterface.ts'
import { userPath } from '../../userPath.ts'
import { findRun } from '../findRun.ts'
import { figure, table } from '../format.ts'
import { checkNewFile } from '../newFile.ts'
import { number, refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags {
  confusion?: boolean
  expected?: string
  answer?: string
  wrong?: boolean
  least?: number
  most?: number
  contains?: string
  order?: AnswerOrder
  top?: number
  step?: number
  out?: string
  force?: boolean
}

/** Answers of one call while a file is written. */
const part = 2000
const filters = ['expected', 'answer', 'wrong', 'least', 'most', 'contains', 'order', 'top'] as const

export function addAnswers(analyse: Command, cli: Cli): void {
  analyse
    .command('answers')
    .description('the answers of a classifier or tagger to all held-out texts, and its confusion matrix')
    .argument('<run>')
    .option('--confusion', 'how often each class is taken for each, and precision, recall and F1, instead')
    .option('--expected <class>', 'answers where this class is right')
    .option('--answer <class>', 'answers that are this class')
    .option('--wrong', 'wrong answers alone')
    .option('--least <p>', 'least probability of the answer', number('least'))
    .option('--most <p>', 'most probability of the answer', number('most'))
    .option('--contains <letters>', 'letters of the text or of the tagged symbol, in any case')
    .addOption(new Option('--order <order>', 'by number if left out').choices(answerOrders))
    .option('--top <n>', 'answers to print; 20 if left out', number('top'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--out <file>', `write all answers that match, or the matrix, as ${tableEndings}`)
    .option('--force', 'with --out: replace the file if it exists')
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await findRun(app, word)
        const why = whyNoClasses(run.task)
        if (why)
          throw new UnrollError('E_ARG', `${run.name} ${why}.`, { advice: { action: 'show', run: run.id } })
        checkFlags(flags)
        return flags.confusion ? confusion(cli, app, run, flags) : answers(cli, app, run, flags)
      }),
    )
}

function checkFlags(flags: Flags): void {
  if (flags.confusion) refuseFlags(flags, filters, 'all answers are counted with --confusion')
  if (flags.out === undefined) return refuseFlags(flags, ['force'], 'that is for --out')
  if (tableFormatOf(flags.out) === undefined)
    throw new UnrollError('E_ARG', `--out: ${flags.out}: the file must end in ${tableEndings}.`)
  checkNewFile(userPath(flags.out), flags.force === true)
}

const filterOf = ({ id }: RunRow, { expected, answer, wrong, least, most, contains, order, step }: Flags) =>
  ({ id, expected, answer, wrong, least, most, contains, order, step }) satisfies Input<'inspect.answers'>

async function answers({ out }: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  const filter = filterOf(run, flags)
  if (flags.out !== undefined) {
    const { write } = tableFormats[tableFormatOf(flags.out)!]
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let offset = 0, all = 1; offset < all; offset += part) {
        const found = await app.call('inspect.answers', { ...filter, offset, limit: part })
        all = found.matching
        yield new TextEncoder().encode(
          write(answerHeading(found.of), found.rows.map(answerCells), offset === 0),
        )
      }
    }
    return writeFile(flags.out, pieces(), run, out)
  }
  const found = await app.call('inspect.answers', { ...filter, limit: flags.top ?? 20 })
  out.object({ run: run.id, ...found })
  out.line(
    `${found.matching} of ${found.answers} answers to ${found.examples} held-out texts at step ${found.step}`,
  )
  const rows = found.rows.map((one) => [
    String(one.example),
    one.expected,
    one.answer,
    figure(one.probability),
    figure(one.expectedProbability),
    one.place === null
      ? one.text.slice(0, 60)
      : [one.before, `[${one.text}]`, one.after].filter(Boolean).join(' '),
  ])
  const heads = ['example>', 'expected', 'answer', 'probability>', 'of expected>', found.of === 'texts' ? 'text' : 'symbol'] // prettier-ignore
  for (const line of table(heads, rows)) out.line(line)
}

async function confusion({ out }: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  const found = await app.call('inspect.answers', { ...filterOf(run, flags), limit: 0 })
  const { names, counts } = confusionTable(found.confusion)
  if (flags.out !== undefined) {
    const rows = counts.map((row, i) => [names[i]!, ...row])
    const text = tableFormats[tableFormatOf(flags.out)!].write(['expected', ...names], rows, true)
    return writeFile(flags.out, onePiece(text), run, out)
  }
  const scores = classScores(found.confusion)
  out.object({ run: run.id, step: found.step, of: found.of, confusion: found.confusion, ...scores })
  for (const line of confusionLines(found)) out.line(line)
}

async function* onePiece(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

/** The matrix and the figures of the classes. */
function confusionLines({ confusion, answers, of, step }: HeldOutAnswers): string[] {
  const { names, counts } = confusionTable(confusion)
  const { classes, accuracy, macroF1 } = classScores(confusion)
  return [
    `${answers} held-out ${of} at step ${step}: accuracy ${figure(accuracy)}, macro F1 ${figure(macroF1)}`,
    'rows: expected class, columns: answer',
    ...table(
      ['expected', ...names.map((name) => `${name}>`)],
      counts.map((row, i) => [names[i]!, ...row.map(String)]),
    ),
    ...table(
      ['class', 'expected>', 'answered>', 'precision>', 'recall>', 'F1>'],
      classes.map((one) => [one.name, String(one.expected), String(one.answered), ...[one.precision, one.recall, one.f1].map(figure)]), // prettier-ignore
    ),
  ]
}

async function writeFile(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  run: RunRow,
  out: Cli['out'],
): Promise<void> {
  const path = userPath(file)
  await writePieces(dirname(path), pieces, () => basename(path))
  out.object({ run: run.id, file: path })
  out.line(path)
}
