// Statistics of a text: counts, preview, symbols, hash; computed piece by piece.
import { createHash } from 'node:crypto'
import type { Dataset, DatasetDetail } from '../contract/data.ts'
import type { Warning } from '../contract/errors.ts'

const previewPoints = 4000
const symbolsShown = 1000

export type TextStatistics = Pick<Dataset, 'bytes' | 'characters' | 'lines' | 'encoding' | 'sha256'> &
  Pick<DatasetDetail, 'preview' | 'symbols' | 'distinct' | 'warnings'>

/** Statistics of an imported data set, with the form in which it is stored. */
export type ImportStatistics = TextStatistics & Pick<DatasetDetail, 'form' | 'test'>

export type TextCounter = ReturnType<typeof textCounter>

/** `add` gets the pieces of a text with their UTF-8, none ending within a code point; `statistics` returns the totals. */
export function textCounter() {
  /** Count per code point: an array, because a map would take minutes for long texts. */
  const counts = new Uint32Array(0x110000)
  const hash = createHash('sha256')
  let bytes = 0
  let characters = 0
  let lineEnds = 0
  let last = 0
  let beginning = ''
  let blank = true

  function count(text: string): void {
    for (let i = 0; i < text.length; i++) {
      let point = text.charCodeAt(i)
      if (point >= 0xd800 && point <= 0xdbff) {
        point = text.codePointAt(i)!
        if (point > 0xffff) i++
      }
      counts[point]!++
      characters++
      // Lines end at CR, LF or CRLF.
      if (point === 13 || (point === 10 && last !== 13)) lineEnds++
      last = point
    }
  }

  function symbols(): { symbol: string; count: number }[] {
    const found: { symbol: string; count: number }[] = []
    for (let point = 0; point < counts.length; point++) {
      const n = counts[point]!
      if (n) found.push({ symbol: String.fromCodePoint(point), count: n })
    }
    return found.sort((a, b) => b.count - a.count)
  }

  return {
    add(text: string, utf8: Uint8Array): void {
      bytes += utf8.length
      hash.update(utf8)
      if (beginning.length < 2 * previewPoints) beginning += text.slice(0, 2 * previewPoints)
      if (blank) blank = text.trim() === ''
      count(text)
    },
    /** True while the text is only white space. */
    get blank() {
      return blank
    },
    statistics(encoding: Dataset['encoding'], warnings: readonly Warning[]): TextStatistics {
      const found = symbols()
      const all: Warning[] = [...warnings]
      if (found.length === 1) {
        all.push({
          code: 'W_VOCAB_1',
          message: `The text has one symbol only (${JSON.stringify(found[0]!.symbol)}): a model of it learns nothing.`,
        })
      }
      return {
        bytes,
        characters,
        lines: lineEnds + (last === 10 || last === 13 ? 0 : 1),
        encoding,
        sha256: hash.digest('hex'),
        preview: Array.from(beginning).slice(0, previewPoints).join(''),
        symbols: found.slice(0, symbolsShown),
        distinct: found.length,
        warnings: all,
      }
    },
  }
}
