// Formats that are detected, so that users can be warned, but that no task reads.
import { defineFormat, isSeparated, wordCount } from './format.ts'

const isJson = (line: string): boolean => {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
const holdsForMost = (lines: readonly string[], test: (line: string) => boolean) =>
  lines.filter(test).length >= 0.9 * lines.length
/** Fewest lines for a detection. */
const minLines = 3

export const jsonLines = defineFormat({
  id: 'json-lines',
  title: 'JSON, an object on every line',
  matches: (lines) => lines.length >= 2 && lines.every(isJson),
  extension: /\.(jsonl|ndjson)$/i,
})

export const json = defineFormat({
  id: 'json',
  title: 'JSON',
  matches: (lines) => /^\s*(\{\s*("|$)|\[\s*(\[|\{|"|$))/.test(lines[0]!),
  extension: /\.json$/i,
})

export const treeBank = defineFormat({
  id: 'tree-bank',
  title: 'bracketed trees, as in a tree bank',
  matches: (lines) =>
    holdsForMost(lines, (line) => /^\s*\(/.test(line)) &&
    (lines.join('\n').match(/\([^\s()]+ [^\s()]+\)/g)?.length ?? 0) >= minLines,
})

export const html = defineFormat({
  id: 'html',
  title: 'HTML or XML',
  matches: (lines) => /^\s*<(\?xml|!doctype|html)\b/i.test(lines[0]!),
})

export const conll = defineFormat({
  id: 'conll',
  title: 'a word with its columns on every line (CoNLL)',
  matches: (lines, whole) =>
    whole.some((line) => line.trim() === '') &&
    lines.length >= minLines &&
    [' ', '\t'].some((gap) => isSeparated(lines, gap, 1)) &&
    lines.every((line) => wordCount(line) <= 15),
})

export const tsv = defineFormat({
  id: 'tsv',
  title: 'a table with tabs between its columns (TSV)',
  matches: (lines) => lines.length >= minLines && isSeparated(lines, '\t', 2),
})
