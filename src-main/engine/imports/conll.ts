// Foreign files: a word with its columns on every line, sentences separated by empty lines (CoNLL, CoNLL-U). Stored as word/TAG.
import type { FoundColumn } from '../../contract/importing.ts'
import { conll as detected } from '../formats/unsupported.ts'
import { quoted } from '../formats/format.ts'
import { columnIndex, kindOf } from './columns.ts'
import { formatError, type ForeignText, type Converter, noteOf } from './foreign.ts'

/** The columns of a line, separated by tabs or by spaces; undefined for an empty line or a comment. */
function columnsOf(line: string): string[] | undefined {
  if (line.trim() === '' || line.startsWith('#') || line.startsWith('-DOCSTART-')) return undefined
  return line.includes('\t') ? line.split('\t') : line.trim().split(/\s+/)
}

/** Words of several tokens and words that were left out have such numbers in CoNLL-U. */
const isExtra = (cells: readonly string[]): boolean => cells.length === 10 && /^\d+[-.]\d+$/.test(cells[0]!)

const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/)

function converter(word: number, tag: number): Converter {
  let rest = ''
  let line = 0
  let width = 0
  let sentence: string[] = []
  let sentences = 0
  const finish = (): string => {
    if (sentence.length === 0) return ''
    const text = `${sentence.join(' ')}\n`
    sentence = []
    sentences++
    return text
  }
  function take(lines: readonly string[]): string {
    const out: string[] = []
    for (const one of lines) {
      line++
      const cells = columnsOf(one)
      if (!cells) {
        if (one.trim() === '') out.push(finish())
        continue
      }
      if (isExtra(cells)) continue
      width ||= cells.length
      if (cells.length !== width)
        throw formatError(`${cells.length} columns where the first word has ${width}. Check the line.`, line)
      const [form, label] = [cells[word]!.trim().replace(/\s+/g, '_'), cells[tag]!.trim()]
      if (form === '' || label === '' || /[\s/]/.test(label))
        throw formatError(
          `${quoted(cells[form === '' ? word : tag]!)} is no ${form === '' ? 'word' : 'tag'}: it is empty, or has a space or a slash. Choose another column.`,
          line,
          (form === '' ? word : tag) + 1,
        )
      sentence.push(`${form}/${label}`)
    }
    return out.join('')
  }
  return {
    write(text) {
      // The last line may go on in the next piece.
      const lines = linesOf((rest + text).replace(/\r$/, ''))
      const cut = /\r$/.test(text) ? '\r' : ''
      rest = lines.pop()! + cut
      return take(lines)
    },
    end() {
      const text = take(linesOf(rest)) + finish()
      return {
        text,
        notes: sentences === 1 ? [noteOf('the whole file is one sentence: no empty line parts it.')] : [],
      }
    },
  }
}

export const conll: ForeignText = {
  id: 'conll',
  columns: true,
  title: 'a word with its columns on every line (CoNLL)',
  recognises({ name, content }) {
    if (/\.(conll|conllu)$/i.test(name)) return true
    const whole = linesOf(content).slice(0, 200)
    if (whole.length > 2) whole.pop()
    const lines = whole.filter((line) => columnsOf(line) !== undefined)
    return detected.matches(lines, whole)
  },
  look({ content }, given) {
    const rows = linesOf(content)
      .slice(0, 400)
      .flatMap((line) => {
        const cells = columnsOf(line)
        return cells && !isExtra(cells) ? [cells] : []
      })
    const width = rows[0]?.length ?? 0
    if (width < 2) throw formatError('a line has a word and at least one column with its tag.', 1)
    const columns = rows[0]!.map((_, at): FoundColumn => ({
      name: String(at + 1),
      kind: kindOf(
        rows.slice(0, -1).map((row) => row[at] ?? ''),
        '.',
      ),
    }))
    const isUniversal = width === 10
    const settings = {
      as: 'tags' as const,
      text: isUniversal ? '2' : '1',
      label: isUniversal ? '4' : String(width),
      ...given,
    }
    return { forms: ['tags'], settings, columns, rows: rows.slice(0, 20).map((row) => [...row]) }
  },
  convert: (_head, { columns, settings }) =>
    converter(columnIndex(columns, settings.text!, 'text'), columnIndex(columns, settings.label!, 'label')),
}
