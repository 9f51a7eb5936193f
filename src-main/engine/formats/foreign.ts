// Formats that are recognised, so that a user is told, and that no task reads yet.
import { defineFormat, isSeparated, wordCount } from './format.ts'

const isJson = (line: string): boolean => {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
const most = (lines: readonly string[], test: (line: string) => boolean) =>
  lines.filter(test).length >= 0.9 * lines.length
/** How many lines it takes to tell anything. */
const least = 3

export const jsonLines = defineFormat({
  id: 'json-lines',
  title: 'JSON, an object on every line',
  looksLike: (lines) => lines.length >= 2 && lines.every(isJson),
  ending: /\.(jsonl|ndjson)$/i,
})

export const json = defineFormat({
  id: 'json',
  title: 'JSON',
  looksLike: (lines) => /^\s*(\{\s*("|$)|\[\s*(\[|\{|"|$))/.test(lines[0]!),
  ending: /\.json$/i,
})

export const treeBank = defineFormat({
  id: 'tree-bank',
  title: 'bracketed trees, as in a tree bank',
  looksLike: (lines) =>
    most(lines, (line) => /^\s*\(/.test(line)) &&
    (lines.join('\n').match(/\([^\s()]+ [^\s()]+\)/g)?.length ?? 0) >= least,
})

export const html = defineFormat({
  id: 'html',
  title: 'a page of HTML or XML',
  looksLike: (lines) => /^\s*<(\?xml|!doctype|html)\b/i.test(lines[0]!),
})

export const conll = defineFormat({
  id: 'conll',
  title: 'a word with its columns on every line (CoNLL)',
  looksLike: (lines, whole) =>
    whole.some((line) => line.trim() === '') &&
    lines.length >= least &&
    [' ', '\t'].some((gap) => isSeparated(lines, gap, 1)) &&
    lines.every((line) => wordCount(line) <= 15),
})

export const tsv = defineFormat({
  id: 'tsv',
  title: 'a table with tabs between its columns (TSV)',
  looksLike: (lines) => lines.length >= least && isSeparated(lines, '\t', 2),
})
