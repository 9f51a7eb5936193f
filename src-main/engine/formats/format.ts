// A data format: how it is detected from a file's name and beginning, and how its lines are parsed if a task reads them.
import { UnrollError } from '../../contract/errors.ts'
import type { Tokens } from '../data/tokens.ts'

/** The example of one line: input tokens and targets. */
export interface ParsedLine {
  /** Line number, from 1. */
  line: number
  source: Tokens
  target: string[]
}

/** Tokenises a text with the options of the run. */
export type Tokenize = (text: string) => Tokens

/** A data format that can be detected. */
export interface Format {
  id: string
  /** A noun phrase for messages: "labelled lines (a label, a tab, a text)". */
  title: string
  /** Whether a text seems to have this format, a guess for advice only; `whole`: the first lines, `lines`: those of them that are not empty. */
  matches(lines: readonly string[], whole: readonly string[]): boolean
  /** What to set so that a language model reads the text without its separators; part of a sentence. */
  asRunningText?: string
  /** Matches file names that have this format whatever their content. */
  extension?: RegExp
}

/** A format with one example per line. */
export interface LineFormat extends Format {
  /** Parses one line, with number `line` from 1; throws E_DATA_FORMAT with the number. */
  parse(text: string, line: number, cut: Tokenize): ParsedLine
}

export const defineFormat = (format: Format): Format => format
export const defineLineFormat = (format: LineFormat): LineFormat => format

/** E_DATA_FORMAT for a line that cannot be parsed. */
export const lineError = (line: number, message: string): UnrollError =>
  new UnrollError('E_DATA_FORMAT', `data.dataset: line ${line}: ${message}`, { path: 'task', line })
/** A text as a JSON string for messages, truncated to 40 characters. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** Number of words separated by white space. */
export const wordCount = (text: string): number => text.trim().split(/\s+/).length
/** Whether there are at least two lines, all with exactly one tab. */
export const isTwoColumns = (lines: readonly string[]): boolean =>
  lines.length >= 2 && lines.every((line) => line.split('\t').length === 2)

/** Whether all lines have the same number of `separator`s outside quotes, at least `atLeast`. */
export function isSeparated(lines: readonly string[], separator: string, atLeast: number): boolean {
  const counts = new Set(lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(separator).length - 1))
  return counts.size === 1 && [...counts][0]! >= atLeast
}
