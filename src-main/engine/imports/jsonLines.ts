// Foreign files: JSON lines, an object on every line; its keys are the columns.
import { quoted } from '../formats/format.ts'
import { formatError, type ForeignText } from './foreign.ts'
import type { RecordReader } from './separated.ts'
import { lookAtTable, tableConverter } from './table.ts'

const limits = { depth: 64, line: 1 << 24, columns: 10_000 }

/** A value as the text of a cell; lists of words are joined by spaces. */
function asCell(value: unknown, line: number, key: string): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number'))
    return value.join(' ')
  throw formatError(
    `${quoted(key)} is an object, not a text or a number. Choose a key with a plain value.`,
    line,
  )
}

/** Depth of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const sign of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (sign === '{' || sign === '[') most = Math.max(most, ++depth)
    else if (sign === '}' || sign === ']') depth--
  }
  return most
}

/** The members of the object on a line. Throws E_DATA_FORMAT with line and column. */
function membersOf(text: string, line: number): Map<string, unknown> {
  if (text.length > 1000 && depthOf(text) > limits.depth)
    throw formatError(`objects within objects, deeper than ${limits.depth}. Flatten them.`, line)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const at = /position (\d+)/.exec((error as Error).message)?.[1]
    throw formatError(
      'this is no JSON. Every line is one object.',
      line,
      at === undefined ? 1 : Number(at) + 1,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw formatError(`${quoted(text)} is no object. Every line is one object.`, line)
  return new Map(Object.entries(value))
}

/** A reader of the values of `keys`; keys that a line lacks are empty cells. */
function jsonReader(keys: readonly string[]): RecordReader {
  let rest = ''
  let line = 0
  return {
    read(text, last) {
      const lines = (rest + text).split('\n')
      rest = last ? '' : lines.pop()!
      if (rest.length > limits.line) throw formatError('the line is longer than 16 MB.', line + 1)
      const out = { rows: [] as string[][], lines: [] as number[] }
      for (const one of lines) {
        line++
        if (one.trim() === '') continue
        const members = membersOf(one, line)
        out.rows.push(keys.map((key) => asCell(members.get(key), line, key)))
        out.lines.push(line)
      }
      return out
    },
  }
}

/** The complete first lines of a text, at most `most`. */
function firstLines(text: string, whole: boolean, most: number): string[] {
  const lines = text.split('\n')
  if (!whole) lines.pop()
  return lines.filter((line) => line.trim() !== '').slice(0, most)
}

const isObject = (line: string): boolean => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

export const jsonLines: ForeignText = {
  id: 'json-lines',
  columns: true,
  title: 'JSON lines, an object on every line',
  recognises({ name, content, whole }) {
    if (/\.(jsonl|ndjson)$/i.test(name)) return true
    const lines = firstLines(content, whole, 20)
    return lines.length >= 2 && lines.every(isObject)
  },
  look({ content, whole }, given) {
    const found = firstLines(content, whole, 200).map((line, i) => membersOf(line, i + 1))
    if (found.length === 0) throw formatError('the file has no complete line in its first part.', 1)
    const isPlain = (value: unknown) => typeof value !== 'object' || value === null || Array.isArray(value)
    const keys = [...new Set(found.flatMap((members) => [...members.keys()]))].filter((key) =>
      found.every((members) => isPlain(members.get(key))),
    )
    if (keys.length > limits.columns)
      throw formatError(`${keys.length} keys; at most ${limits.columns} are possible.`, 1)
    const rows = found.map((members, i) => keys.map((key) => asCell(members.get(key), i + 1, key)))
    return lookAtTable(keys, rows, given)
  },
  convert: (_head, sight) => tableConverter(jsonReader(sight.columns.map(({ name }) => name)), sight, 0),
}
