// The data formats, in the order in which a text is compared with them: one line each.
import { csv } from './csv.ts'
import { conll, html, json, jsonLines, treeBank, tsv } from './foreign.ts'
import type { Format } from './format.ts'
import { labelledLines } from './labelledLines.ts'
import { pairLines } from './pairLines.ts'
import { taggedLines } from './taggedLines.ts'

export const formats: readonly Format[] = [
  labelledLines,
  pairLines,
  taggedLines,
  jsonLines,
  json,
  treeBank,
  html,
  conll,
  tsv,
  csv,
]

/** Lines that are looked at. */
const looked = 200

/** The format of a text by its name and its beginning; undefined for running text. A guess for advice: nothing is read differently by it. */
export function formatOf(name: string, beginning: string): Format | undefined {
  const whole = beginning.split(/\r\n|\n|\r/).slice(0, looked)
  // The last line may be cut.
  if (whole.length > 2) whole.pop()
  const lines = whole.filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  return formats.find(({ looksLike, ending }) => ending?.test(name) || looksLike(lines, whole))
}
