// The registry of data formats, in the order of detection, one line each.
import { csv } from './csv.ts'
import { conll, html, json, jsonLines, treeBank, tsv } from './unsupported.ts'
import type { DataForm } from '../../contract/importing.ts'
import type { Format } from './format.ts'
import { frameText, imageText } from './imageText.ts'
import { labelledLines } from './labelledLines.ts'
import { musicText } from './musicText.ts'
import { pairLines } from './pairLines.ts'
import { taggedLines } from './taggedLines.ts'

export const formats: readonly Format[] = [
  imageText,
  frameText,
  labelledLines,
  pairLines,
  taggedLines,
  musicText,
  jsonLines,
  json,
  treeBank,
  html,
  conll,
  tsv,
  csv,
]

/** Number of lines that are examined. */
const maxLines = 200

/** Detects the format of a text from its name and beginning; undefined for running text. For advice only: it does not affect how a text is read. */
export function detectFormat(name: string, beginning: string): Format | undefined {
  const whole = beginning.split(/\r\n|\n|\r/).slice(0, maxLines)
  // The last line may be incomplete.
  if (whole.length > 2) whole.pop()
  const lines = whole.filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  return formats.find(({ matches, extension }) => extension?.test(name) || matches(lines, whole))
}

/** The format of the lines of a stored form; undefined for running text. */
export const formatOfForm: Partial<Record<DataForm, Format>> = {
  labels: labelledLines,
  tags: taggedLines,
  pairs: pairLines,
  series: csv,
  music: musicText,
  images: imageText,
  frames: frameText,
}
