// Vocabularies: symbols (Unicode code points, or words and punctuation) and their ids, in an order that depends on the text only.
import { UnrollError } from '../../contract/errors.ts'
import type { Reading } from './reading.ts'

/** Largest size of a vocabulary. */
export const maxSymbols = 65_536
/** The unknown word, in place of all out-of-vocabulary words; texts that contain it, such as the Penn Treebank, use it in the same sense. */
export const unknownWord = '<unk>'

/** Ids of the symbols of a text; -1 for a word that is not in the vocabulary. */
export type Ids = Uint8Array | Uint16Array | Int32Array

/** Symbols by id, and ids by symbol. */
export interface Vocabulary {
  unit: 'char' | 'word'
  symbols: string[]
  ids: Map<string, number>
  /** Preprocessing of typed texts; undefined: none. */
  reading?: Reading
}

/** The vocabulary of a list of symbols, whose ids are their indices. */
export const vocabularyOf = (unit: 'char' | 'word', symbols: string[], reading?: Reading): Vocabulary => ({
  unit,
  symbols,
  ids: new Map(symbols.map((symbol, id) => [symbol, id])),
  ...(reading && { reading }),
})

/** `<unk>`, followed by the `limit` - 1 most frequent words (ties by first appearance). */
export function frequentWords(counts: ReadonlyMap<string, number>, limit: number): string[] {
  const sorted = [...counts].filter(([word]) => word !== unknownWord).sort((a, b) => b[1] - a[1])
  return [unknownWord, ...sorted.slice(0, limit - 1).map(([word]) => word)]
}

/** Adds the number of occurrences of each word to `counts`, which it returns. */
export function countWords(words: Iterable<string>, counts = new Map<string, number>()): Map<string, number> {
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** The vocabulary of all words if there are at most `limit`, otherwise of the most frequent ones and `<unk>`. */
export function wordVocabulary(words: readonly string[], limit: number): Vocabulary {
  const counts = countWords(words)
  return vocabularyOf('word', counts.size <= limit ? [...counts.keys()] : frequentWords(counts, limit))
}

/** Id of `<unk>`; -1 if the vocabulary has none. */
export const unknownId = ({ ids }: Vocabulary): number => ids.get(unknownWord) ?? -1

/** Ids of words; out-of-vocabulary words get the id of `<unk>`, or -1 if the vocabulary has none. */
export function encodeWords(words: readonly string[], vocabulary: Vocabulary): Int32Array {
  const missing = unknownId(vocabulary)
  return Int32Array.from(words, (word) => vocabulary.ids.get(word) ?? missing)
}

const codePoints = 0x110000

/** Marks the code points of a chunk in `seen` and returns their number. */
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

/** The set of code points of a text (`seen`, 1 per code point that occurs), and the length of the text in code points. */
export function countPoints(chunks: Iterable<string>): { seen: Uint8Array; count: number } {
  const seen = new Uint8Array(codePoints)
  let count = 0
  for (const chunk of chunks) count += markPoints(chunk, seen)
  return { seen, count }
}

/** The vocabulary of all code points in `seen`, sorted. Throws E_VOCAB_MAX for more than 65,536. */
export function charVocabulary(seen: Uint8Array): Vocabulary {
  const symbols: string[] = []
  for (let point = 0; point < codePoints; point++) if (seen[point]) symbols.push(String.fromCodePoint(point))
  if (symbols.length > maxSymbols) {
    throw new UnrollError(
      'E_VOCAB_MAX',
      `data.dataset: the text has ${symbols.length} distinct characters; at most ${maxSymbols} are possible. Choose words as symbols, or clean the text.`,
      { path: 'data.unit' },
    )
  }
  return vocabularyOf('char', symbols)
}

/** Whether a code point in `seen` is not in the vocabulary. */
export function hasUnknownPoint({ symbols }: Vocabulary, seen: Uint8Array): boolean {
  const left = seen.slice()
  for (const symbol of symbols) left[symbol.codePointAt(0)!] = 0
  return left.includes(1)
}

/** Size of an encoded id, in bytes. */
export const bytesPerId = ({ symbols }: Vocabulary): 1 | 2 => (symbols.length <= 256 ? 1 : 2)

/** Writes the ids of a chunk from index `at` on and returns the index after them. */
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

/** Ids of all `count` code points, in the smallest integer type; all of them must be in the vocabulary. */
export function encodePoints(chunks: Iterable<string>, count: number, vocabulary: Vocabulary): Ids {
  const idOf = new Uint16Array(codePoints)
  vocabulary.symbols.forEach((symbol, id) => (idOf[symbol.codePointAt(0)!] = id))
  const ids = bytesPerId(vocabulary) === 1 ? new Uint8Array(count) : new Uint16Array(count)
  let n = 0
  for (const chunk of chunks) n = writePoints(chunk, idOf, ids, n)
  return ids
}
