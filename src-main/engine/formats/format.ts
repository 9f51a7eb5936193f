// A data format: how a text of it is recognised by its name and its beginning, and how its lines are read where a task learns from them.
import { UnrollError } from '../../contract/errors.ts'
import type { Tokens } from '../data/tokens.ts'

/** An example as a line says it. */
export interface Line {
  /** Counted from 1. */
  line: number
  source: Tokens
  target: string[]
}

/** Cuts a text into symbols as configured. */
export type Cut = (text: string) => Tokens

export interface Format {
  id: string
  /** For sentences: "labelled lines (a label, a tab, a text)". */
  title: string
  /** Whether a text looks like it: `lines` are its first ones that are not empty, `whole` its first ones. A guess, for advice only. */
  looksLike(lines: readonly string[], whole: readonly string[]): boolean
  /** Endings of file names. */
  ending?: RegExp
}

/** One example on every line. */
export interface LineFormat extends Format {
  /** Throws E_DATA_FORMAT with the line. */
  parse(text: string, line: number, cut: Cut): Line
}

export const defineFormat = (format: Format): Format => format
export const defineLineFormat = (format: LineFormat): LineFormat => format

/** A line that cannot be read, for people. */
export const lineFault = (line: number, message: string): UnrollError =>
  new UnrollError('E_DATA_FORMAT', `data.dataset: line ${line}: ${message}`, { path: 'task', line })
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)

export const wordCount = (text: string): number => text.trim().split(/\s+/).length
export const isTwoColumns = (lines: readonly string[]): boolean =>
  lines.length >= 2 && lines.every((line) => line.split('\t').length === 2)

/** How often `separator` stands outside quotes, at least `atLeast` times and alike on all lines. */
export function isSeparated(lines: readonly string[], separator: string, atLeast: number): boolean {
  const counts = new Set(lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(separator).length - 1))
  return counts.size === 1 && [...counts][0]! >= atLeast
}
