// Parses a text with one example per line (label<TAB>text, word/TAG word/TAG, or text<TAB>text) into examples. Errors name the line. The
// last lines are held out, in order; the vocabulary of words is counted in the training part only.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import type { ParsedLine } from '../../formats/format.ts'
import { quoted } from '../../formats/format.ts'
import { labelledLines } from '../../formats/labelledLines.ts'
import { pairLines, swappedColumns } from '../../formats/pairLines.ts'
import { taggedLines } from '../../formats/taggedLines.ts'
import { tokenize } from '../../data/reading.ts'
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
import type { TextLine } from '../defineTask.ts'
import { endToken, type Example, type Problem } from './example.ts'

/** The examples of a text, encoded and split into a training part and a held-out part. */
export interface ExampleFile {
  problem: Problem
  train: readonly Example[]
  heldOut: readonly Example[]
  /** Number of targets of each class in the training part. */
  counts: readonly number[]
  /** Bytes of the encoded examples. */
  bytes: number
  warnings: Warning[]
}

/** Input symbols and classes of the checkpoint that training continues from. */
export interface CheckpointSymbols {
  symbols: readonly string[]
  labels: readonly string[]
}

const formatWarning = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
const countText = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/** Parsed lines, truncated to `maxLength` symbols; adds warnings on empty and truncated lines. Throws E_DATA_EMPTY, E_DATA_FORMAT. */
function parseLines(text: string, data: LinesData, warnings: Warning[]): ParsedLine[] {
  const rows: ParsedLine[] = []
  const empty: number[] = []
  const cut: number[] = []
  const reading = lineReading(data)
  const whole = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  // A trailing line break does not begin another line.
  if (whole.at(-1) === '') whole.pop()
  whole.forEach((line, i) => {
    if (line.trim() === '') return void empty.push(i + 1)
    const content = data.reverse ? swappedColumns(line) : line
    const row = data.format.parse(content, i + 1, (text) => tokenize(text, reading))
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
    warnings.push(
      formatWarning(`${countText(empty.length, 'empty line')} left out, the first is line ${empty[0]}.`),
    )
  if (cut.length > 0)
    warnings.push(
      formatWarning(
        `${countText(cut.length, 'example')} longer than ${data.maxLength} symbols cut, the first on line ${cut[0]}.`,
      ),
    )
  return rows
}

const heldOutCount = (rows: number, { validation }: LinesData): number =>
  Math.min(Math.round(rows * validation), rows - 1)

/**
 * The vocabulary. Words: the `limit` most frequent ones of `words`, the training part (ties by first appearance), with the unknown word if some
 * are missing. Characters: all of `all`, by code point.
 */
function vocabularySymbols(
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

function checkLabels(
  format: LinesData['format'],
  rows: readonly ParsedLine[],
  cut: number,
  warnings: Warning[],
) {
  const what = format === taggedLines ? 'tag' : 'label'
  const trainLabels = new Set(rows.slice(0, cut).flatMap((row) => row.target))
  const all = new Set(rows.flatMap((row) => row.target))
  if (all.size === 1)
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.dataset: every ${what} is ${quoted([...all][0]!)}; classification needs at least two. Choose another text.`,
      { path: 'data.dataset' },
    )
  if (trainLabels.size === 1)
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.dataset: the training part (the first ${countText(cut, 'example')}) has one ${what} only, ${quoted([...trainLabels][0]!)}: the lines seem to be sorted. Shuffle them.`,
      { path: 'data.dataset' },
    )
  const unseen = rows
    .slice(cut)
    .flatMap((row) => row.target.filter((t) => !trainLabels.has(t)).map((t) => ({ t, line: row.line })))
  if (unseen.length > 0)
    warnings.push(
      formatWarning(
        `${what}s of the validation part that are missing from the training part and cannot be learnt: ${new Set(unseen.map(({ t }) => t)).size}, the first ${quoted(unseen[0]!.t)} on line ${unseen[0]!.line}. Shuffle the lines.`,
      ),
    )
  const texts = new Set(rows.map((row) => joinTokens(row.source)))
  const isSwapped = (rows.length >= 20 && all.size > rows.length / 2) || all.size > 2 * texts.size
  if (format === labelledLines && isSwapped)
    warnings.push(
      formatWarning(
        `there are ${all.size} different labels in ${countText(rows.length, 'line')}. The label stands before the tab; are the columns the other way round?`,
      ),
    )
  return [...all].sort((a, b) => (a < b ? -1 : 1))
}

/** Cache of the latest result: a form requests the same text again whenever another option changes. */
let lastRead: { text: Text; key: string; file: ExampleFile } | undefined

/**
 * Parses and encodes a text of examples, with the symbols of a checkpoint where `known` is given. Throws E_DATA_EMPTY, E_DATA_FORMAT with
 * the line, E_VOCAB_MAX, and E_MODEL_MISMATCH on symbols or classes that `known` lacks.
 */
export function readExamples(text: Text, data: LinesData, known?: CheckpointSymbols): ExampleFile {
  const key = JSON.stringify([{ ...data, format: data.format.id }, known])
  if (lastRead?.text === text && lastRead.key === key) return lastRead.file
  const file = readFile(text, data, known)
  lastRead = { text, key, file }
  return file
}

function readFile(text: Text, data: LinesData, known: CheckpointSymbols | undefined): ExampleFile {
  const warnings: Warning[] = []
  const rows = parseLines(wholeText(text), data, warnings)
  const heldOut = heldOutCount(rows.length, data)
  const cut = rows.length - heldOut
  const pairs = data.format === pairLines
  const { unit } = data
  const sources = rows.map((row) => row.source.symbols)
  const targets = rows.map((row) => row.target)
  const symbols = known?.symbols ?? vocabularySymbols(sources.slice(0, cut), sources, unit, data.vocabulary)
  const found = pairs
    ? vocabularySymbols(targets.slice(0, cut), targets, unit, data.vocabulary)
    : checkLabels(data.format, rows, cut, warnings)
  const labels = known?.labels ?? found
  if (Math.max(symbols.length, labels.length + 1) > maxSymbols)
    throw new UnrollError(
      'E_VOCAB_MAX',
      `data.dataset: ${symbols.length} symbols and ${labels.length} labels; at most ${maxSymbols} of each are possible. Clean the text.`,
      { path: 'data.dataset' },
    )
  const encoderOf = (names: readonly string[]) => {
    const vocabulary = vocabularyOf(unit, [...names])
    return (row: string[]) => encodeWords(row, vocabulary)
  }
  const [encode, answer] = [encoderOf(symbols), encoderOf(labels)]
  const missing = [symbols, labels].map((list) => list.indexOf(unknownWord))
  const examples = rows.map((row): Example => {
    const example = { input: encode(row.source.symbols), answer: answer(row.target) }
    const isWhole = !example.input.includes(missing[0]!) && !example.answer.includes(missing[1]!)
    return !pairs || isWhole
      ? example
      : { ...example, written: { input: row.source.symbols, answer: row.target } }
  })
  if (known) refuseUnknownSymbols(rows, examples)
  const counts = new Array<number>(labels.length + (pairs ? 1 : 0)).fill(0)
  for (const example of examples.slice(0, cut)) {
    for (const id of Array.from(example.answer)) counts[id]!++
    if (pairs) counts[labels.length]!++
  }
  const maxLengthIn = (lists: readonly string[][]) => lists.reduce((n, list) => Math.max(n, list.length), 0)
  const problem = lineProblem(data, symbols, labels, {
    input: maxLengthIn(sources),
    answer: pairs ? maxLengthIn(targets) + 1 : 1,
  })
  if (problem.unknown >= 0) counts[problem.unknown] = 0
  const bytes = examples.reduce((n, { input, answer: a }) => n + 4 * (input.length + a.length), 0)
  return { problem, train: examples.slice(0, cut), heldOut: examples.slice(cut), counts, bytes, warnings }
}

/** The problem of lines with these symbols and classes, of at most these lengths. */
export function lineProblem(
  { format, unit }: LinesData,
  symbols: readonly string[],
  labels: readonly string[],
  maxLength: Problem['maxLength'],
): Problem {
  const pairs = format === pairLines
  return {
    topology: pairs ? 'pair' : format === taggedLines ? 'each' : 'one',
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: labels.length + (pairs ? 1 : 0) },
    predictsNext: false,
    words: unit === 'word',
    symbols,
    labels,
    unknown: pairs ? labels.indexOf(unknownWord) : -1,
    separator: unit === 'word' ? ' ' : '',
    judge: { kind: 'argmax' },
    tolerance: 0,
    maxLength,
    fixedLength: false,
    extrapolates: false,
  }
}

function refuseUnknownSymbols(rows: readonly ParsedLine[], examples: readonly Example[]): void {
  const at = examples.findIndex(
    ({ input, answer }) => Array.from(input).includes(-1) || Array.from(answer).includes(-1),
  )
  if (at < 0) return
  throw new UnrollError(
    'E_MODEL_MISMATCH',
    `data.dataset: line ${rows[at]!.line} has symbols or labels that are not in the checkpoint's vocabulary. Choose a text with the same ones, or start a new run.`,
    { path: 'data.dataset' },
  )
}

/**
 * The input of the held-out example that contains symbol `offset` (of any example if none is held out), truncated to `length` symbols, and
 * the total number of symbols.
 */
export function readExample(
  text: Text,
  data: LinesData,
  offset: number,
  length: number,
): { text: string; symbols: number } {
  // Tokenizer 1 lower-cases after tokenising, which the reader of this text will do; so the text is returned with its capitals.
  const unfolded = data.tokenizer === 1 ? { ...data, lowercase: false } : data
  const rows = parseLines(wholeText(text), unfolded, [])
  const held = heldOutCount(rows.length, data)
  const sources = rows.slice(held > 0 ? rows.length - held : 0).map((row) => row.source)
  const symbols = sources.reduce((n, source) => n + source.symbols.length, 0)
  let end = 0
  const found = sources.find((source) => offset < (end += source.symbols.length))
  return { text: found ? joinTokens(found, 0, length).trimStart() : '', symbols }
}

/** The first held-out lines (the first of all if none is held out), of at most `length` symbols in all but at least one line. */
export function heldOutLines(
  text: Text,
  data: LinesData,
  length: number,
  topology: Problem['topology'],
): TextLine[] {
  const rows = parseLines(wholeText(text), data, [])
  const held = heldOutCount(rows.length, data)
  let symbols = 0
  const lines = rows.slice(held > 0 ? rows.length - held : 0)
  const end = lines.findIndex(({ source }, i) => (symbols += source.symbols.length) > length && i > 0)
  return lines.slice(0, end < 0 ? lines.length : end).map(({ source, target }) => ({
    source,
    ...(topology === 'one' && { label: target[0]! }),
    ...(topology === 'each' && { tags: target }),
    ...(topology === 'pair' && { output: target }),
  }))
}

/** Names of the classes by id, for a pair with the end token. */
export const classNames = ({ topology, labels }: Problem): readonly string[] =>
  topology === 'pair' ? [...labels, endToken] : labels
