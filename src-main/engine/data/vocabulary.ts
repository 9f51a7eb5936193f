// Symbols <-> ids. Symbols are Unicode code points or words and marks; their order is fixed by the text alone.
import { UnrollError } from '../../contract/errors.ts'
import type { Reading } from './reading.ts'

export const maxSymbols = 65_536
/** Stands for all words that are not in the vocabulary; a text that has it already, such as the Penn Treebank, means the same. */
export const unknownWord = '<unk>'

/** Symbols of a text as numbers; -1 for a word that the vocabulary lacks. */
export type Ids = Uint8Array | Uint16Array | Int32Array

export interface Vocabulary {
  unit: 'char' | 'word'
  symbols: string[]
  ids: Map<string, number>
  /** How typed texts are read; missing: as they are. */
  reading?: Reading
}

export const vocabularyOf = (unit: 'char' | 'word', symbols: string[], reading?: Reading): Vocabulary => ({
  unit,
  symbols,
  ids: new Map(symbols.map((symbol, id) => [symbol, id])),
  ...(reading && { reading }),
})

/** The `limit` - 1 most frequent words (ties by first appearance) behind `<unk>`. */
export function frequentWords(counts: ReadonlyMap<string, number>, limit: number): string[] {
  const sorted = [...counts].filter(([word]) => word !== unknownWord).sort((a, b) => b[1] - a[1])
  return [unknownWord, ...sorted.slice(0, limit - 1).map(([word]) => word)]
}

export function countWords(words: Iterable<string>, counts = new Map<string, number>()): Map<string, number> {
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** All words where they are not more than `limit`, else the most frequent ones. */
export function wordVocabulary(words: readonly string[], limit: number): Vocabulary {
  const counts = countWords(words)
  return vocabularyOf('word', counts.size <= limit ? [...counts.keys()] : frequentWords(counts, limit))
}

/** Id of `<unk>`; -1 where every word has an id. */
export const unknownId = ({ ids }: Vocabulary): number => ids.get(unknownWord) ?? -1

/** Ids of words; -1 for one that the vocabulary lacks and that it has no `<unk>` for. */
export function encodeWords(words: readonly string[], vocabulary: Vocabulary): Int32Array {
  const missing = unknownId(vocabulary)
  return Int32Array.from(words, (word) => vocabulary.ids.get(word) ?? missing)
}

const codePoints = 0x110000

/** Marks the code points of a piece; how many there are. */
function markPoints(chunk: string, seen: Uint8Array): number {
  let pairs = 0
  for (let i = 0; i < chunk.length; i++) {
    const unit = chunk.charCodeAt(i)
    if (unit < 0xd800 || unit > 0xdbff) {
      seen[unit] = 1
      continue
    }
    const point = chunk.codePointAt(i)!
    seen[point] = 1
    if (point <= 0xffff) continue
    pairs++
    i++
  }
  return chunk.length - pairs
}

/** Which code points occur in a text, and how many of them there are in all. */
export function countPoints(chunks: Iterable<string>): { seen: Uint8Array; count: number } {
  const seen = new Uint8Array(codePoints)
  let count = 0
  for (const chunk of chunks) count += markPoints(chunk, seen)
  return { seen, count }
}

/** All code points that occur, in their order. Throws E_VOCAB_MAX over 65,536. */
export function charVocabulary(seen: Uint8Array): Vocabulary {
  const symbols: string[] = []
  for (let point = 0; point < codePoints; point++) if (seen[point]) symbols.push(String.fromCodePoint(point))
  if (symbols.length > maxSymbols) {
    throw new UnrollError(
      'E_VOCAB_MAX',
      `data.dataset: the text has ${symbols.length} distinct characters; at most ${maxSymbols} are possible. Read it by words, or clean it.`,
      { path: 'data.unit' },
    )
  }
  return vocabularyOf('char', symbols)
}

/** Whether a code point occurs that the vocabulary lacks. */
export function lacksPoint({ symbols }: Vocabulary, seen: Uint8Array): boolean {
  const left = seen.slice()
  for (const symbol of symbols) left[symbol.codePointAt(0)!] = 0
  return left.includes(1)
}

/** Bytes of one id. */
export const bytesPerId = ({ symbols }: Vocabulary): 1 | 2 => (symbols.length <= 256 ? 1 : 2)

/** Writes the ids of a piece from `at` on; where they end. */
function writePoints(chunk: string, idOf: Uint16Array, ids: Ids, at: number): number {
  let n = at
  for (let i = 0; i < chunk.length; i++) {
    let point = chunk.charCodeAt(i)
    if (point >= 0xd800 && point <= 0xdbff) {
      point = chunk.codePointAt(i)!
      if (point > 0xffff) i++
    }
    ids[n++] = idOf[point]!
  }
  return n
}

/** Ids of all `count` code points, in the smallest kind of number; every one of them is in the vocabulary. */
export function encodePoints(chunks: Iterable<string>, count: number, vocabulary: Vocabulary): Ids {
  const idOf = new Uint16Array(codePoints)
  vocabulary.symbols.forEach((symbol, id) => (idOf[symbol.codePointAt(0)!] = id))
  const ids = bytesPerId(vocabulary) === 1 ? new Uint8Array(count) : new Uint16Array(count)
  let n = 0
  for (const chunk of chunks) n = writePoints(chunk, idOf, ids, n)
  return ids
}
