// A text with one example on every line -> examples: label<TAB>text, word/TAG word/TAG, or text<TAB>text. Faults name their line. The
// last lines validate; the cut keeps order, and words are counted before it only.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import type { Line } from '../../formats/format.ts'
import { quoted } from '../../formats/format.ts'
import { labelledLines } from '../../formats/labelledLines.ts'
import { pairLines } from '../../formats/pairLines.ts'
import { taggedLines } from '../../formats/taggedLines.ts'
import { readTokens } from '../../data/reading.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { joinTokens } from '../../data/tokens.ts'
import {
  unknownWord,
  countWords,
  encodeWords,
  frequentWords,
  maxSymbols,
  vocabularyOf,
} from '../../data/vocabulary.ts'
import { lineReading, type LinesData } from './linesData.ts'
import { endToken, type Example, type Problem } from './example.ts'

export interface ExampleFile {
  problem: Problem
  train: readonly Example[]
  held: readonly Example[]
  /** How often each class is asked for in the training part. */
  counts: readonly number[]
  /** Bytes of the encoded examples. */
  bytes: number
  warnings: Warning[]
}

/** Symbols and classes of a checkpoint to go on from. */
export interface Known {
  symbols: readonly string[]
  labels: readonly string[]
}

const say = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
const counted = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/** Rows as they stand, cut to the longest. Throws E_DATA_EMPTY, E_DATA_FORMAT. */
function rowsOf(text: string, data: LinesData, warnings: Warning[]): Line[] {
  const rows: Line[] = []
  const empty: number[] = []
  const cut: number[] = []
  const reading = lineReading(data)
  const whole = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  // A line break at the end of the file begins no line.
  if (whole.at(-1) === '') whole.pop()
  whole.forEach((content, i) => {
    if (content.trim() === '') return void empty.push(i + 1)
    const row = data.format.parse(content, i + 1, (text) => readTokens(text, reading))
    const { symbols, spaces } = row.source
    if (Math.max(symbols.length, data.format === labelledLines ? 0 : row.target.length) > data.maxLength)
      cut.push(row.line)
    const limit = (list: string[]) =>
      data.format === labelledLines && data.truncate === 'beginning'
        ? list.slice(-data.maxLength)
        : list.slice(0, data.maxLength)
    rows.push({
      ...row,
      source: { symbols: limit(symbols), spaces: limit(spaces) },
      target: data.format === labelledLines ? row.target : limit(row.target),
    })
  })
  if (rows.length === 0)
    throw new UnrollError(
      'E_DATA_EMPTY',
      'data.dataset: the text has no line with an example. Choose another text.',
      { path: 'data.dataset' },
    )
  if (empty.length > 0)
    warnings.push(say(`${counted(empty.length, 'empty line')} left out, the first is line ${empty[0]}.`))
  if (cut.length > 0)
    warnings.push(
      say(
        `${counted(cut.length, 'example')} longer than ${data.maxLength} symbols cut, the first on line ${cut[0]}.`,
      ),
    )
  return rows
}

const heldCount = (rows: number, { validation }: LinesData): number =>
  Math.min(Math.round(rows * validation), rows - 1)

/** Symbols in an order that the training part alone decides: the most frequent `limit` of `words` (ties by first appearance), or all of `all`. */
function symbolsOf(
  words: readonly string[][],
  all: readonly string[][],
  unit: 'char' | 'word',
  limit: number,
) {
  if (unit === 'char') return [...new Set(all.flat())].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)
  const counts = new Map<string, number>()
  for (const row of words) countWords(row, counts)
  const complete = counts.size <= limit && all.every((row) => row.every((word) => counts.has(word)))
  return complete ? [...counts.keys()] : frequentWords(counts, limit)
}

function checkLabels(format: LinesData['format'], rows: readonly Line[], cut: number, warnings: Warning[]) {
  const what = format === taggedLines ? 'tag' : 'label'
  const learnt = new Set(rows.slice(0, cut).flatMap((row) => row.target))
  const all = new Set(rows.flatMap((row) => row.target))
  if (all.size === 1)
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.dataset: every ${what} is ${quoted([...all][0]!)}; there is nothing to tell apart. Take a text with at least two.`,
      { path: 'data.dataset' },
    )
  if (learnt.size === 1)
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.dataset: the training part (the first ${counted(cut, 'example')}) has one ${what} only, ${quoted([...learnt][0]!)}: the lines seem to be sorted. Shuffle them.`,
      { path: 'data.dataset' },
    )
  const strange = rows
    .slice(cut)
    .flatMap((row) => row.target.filter((t) => !learnt.has(t)).map((t) => ({ t, line: row.line })))
  if (strange.length > 0)
    warnings.push(
      say(
        `${counted(new Set(strange.map(({ t }) => t)).size, what)} of the validation part, the first ${quoted(strange[0]!.t)} on line ${strange[0]!.line}, never occurs in the training part and cannot be learnt. Shuffle the lines.`,
      ),
    )
  const texts = new Set(rows.map((row) => joinTokens(row.source)))
  const isSwapped = (rows.length >= 20 && all.size > rows.length / 2) || all.size > 2 * texts.size
  if (format === labelledLines && isSwapped)
    warnings.push(
      say(
        `there are ${all.size} different labels in ${counted(rows.length, 'line')}. The label stands before the tab; are the columns the other way round?`,
      ),
    )
  return [...all].sort((a, b) => (a < b ? -1 : 1))
}

/** What was read last: a form asks again with every change of other settings. */
let last: { text: Text; key: string; file: ExampleFile } | undefined

/** Throws E_DATA_EMPTY, E_DATA_FORMAT with the line, E_VOCAB_MAX, and E_MODEL_MISMATCH on symbols or classes that `known` lacks. */
export function readExamples(text: Text, data: LinesData, known?: Known): ExampleFile {
  const key = JSON.stringify([{ ...data, format: data.format.id }, known])
  if (last?.text === text && last.key === key) return last.file
  const file = readFile(text, data, known)
  last = { text, key, file }
  return file
}

function readFile(text: Text, data: LinesData, known: Known | undefined): ExampleFile {
  const warnings: Warning[] = []
  const rows = rowsOf(wholeText(text), data, warnings)
  const held = heldCount(rows.length, data)
  const cut = rows.length - held
  const pairs = data.format === pairLines
  const { unit } = data
  const sources = rows.map((row) => row.source.symbols)
  const targets = rows.map((row) => row.target)
  const symbols = known?.symbols ?? symbolsOf(sources.slice(0, cut), sources, unit, data.vocabulary)
  const found = pairs
    ? symbolsOf(targets.slice(0, cut), targets, unit, data.vocabulary)
    : checkLabels(data.format, rows, cut, warnings)
  const labels = known?.labels ?? found
  if (Math.max(symbols.length, labels.length + 1) > maxSymbols)
    throw new UnrollError(
      'E_VOCAB_MAX',
      `data.dataset: ${symbols.length} symbols and ${labels.length} labels; at most ${maxSymbols} of each are possible. Clean the text.`,
      { path: 'data.dataset' },
    )
  const into = (names: readonly string[]) => {
    const vocabulary = vocabularyOf(unit, [...names])
    return (row: string[]) => encodeWords(row, vocabulary)
  }
  const [encode, answer] = [into(symbols), into(labels)]
  const examples = rows.map((row): Example => ({
    input: encode(row.source.symbols),
    answer: answer(row.target),
  }))
  if (known) checkKnown(rows, examples)
  const counts = new Array<number>(labels.length + (pairs ? 1 : 0)).fill(0)
  for (const example of examples.slice(0, cut)) {
    for (const id of Array.from(example.answer)) counts[id]!++
    if (pairs) counts[labels.length]!++
  }
  const unknown = pairs ? labels.indexOf(unknownWord) : -1
  if (unknown >= 0) counts[unknown] = 0
  const most = (lists: readonly string[][]) => lists.reduce((n, list) => Math.max(n, list.length), 0)
  const problem: Problem = {
    topology: pairs ? 'pair' : data.format === taggedLines ? 'each' : 'one',
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: counts.length },
    next: false,
    words: unit === 'word',
    symbols,
    labels,
    unknown,
    space: unit === 'word' ? ' ' : '',
    judge: { kind: 'likeliest' },
    tolerance: 0,
    longest: { input: most(sources), answer: pairs ? most(targets) + 1 : 1 },
    uniform: false,
    beyond: false,
  }
  const bytes = examples.reduce((n, { input, answer: a }) => n + 4 * (input.length + a.length), 0)
  return { problem, train: examples.slice(0, cut), held: examples.slice(cut), counts, bytes, warnings }
}

function checkKnown(rows: readonly Line[], examples: readonly Example[]): void {
  const at = examples.findIndex(
    ({ input, answer }) => Array.from(input).includes(-1) || Array.from(answer).includes(-1),
  )
  if (at < 0) return
  throw new UnrollError(
    'E_MODEL_MISMATCH',
    `data.dataset: line ${rows[at]!.line} has symbols or labels that the checkpoint does not know. Choose a text with the same ones, or start a new run.`,
    { path: 'data.dataset' },
  )
}

/**
 * What the model reads of the held-out example in which symbol `offset` stands (of all, where nothing was held out), at most `length`
 * symbols of it, and how many symbols there are in all.
 */
export function readExample(
  text: Text,
  data: LinesData,
  offset: number,
  length: number,
): { text: string; symbols: number } {
  // By tokenizer 1 capitals are folded symbol by symbol, which whoever reads this text does again.
  const unfolded = data.tokenizer === 1 ? { ...data, lowercase: false } : data
  const rows = rowsOf(wholeText(text), unfolded, [])
  const held = heldCount(rows.length, data)
  const sources = rows.slice(held > 0 ? rows.length - held : 0).map((row) => row.source)
  const symbols = sources.reduce((n, source) => n + source.symbols.length, 0)
  let end = 0
  const found = sources.find((source) => offset < (end += source.symbols.length))
  return { text: found ? joinTokens(found, 0, length).trimStart() : '', symbols }
}

/** Names of the classes as shown: of a pair with the end token. */
export const classNames = ({ topology, labels }: Problem): readonly string[] =>
  topology === 'pair' ? [...labels, endToken] : labels
