// The sequences that a probe reads, each from a zero state: a text as one, or the held-out lines of a run on lines.
import { encodeWords } from '../data/vocabulary.ts'
import { encodeTyped } from '../generation/sample.ts'
import type { TextLine } from '../tasks/index.ts'
import type { TrainedModel } from './model.ts'
import type { SymbolSequence } from './predicates/readText.ts'

export type EncodedSequence = SymbolSequence & { ids: Int32Array }

/** The text, or the lines instead of it if there are any; throws E_ARG for symbols that are not in the vocabulary. */
export const inspectedSequences = (
  model: Pick<TrainedModel, 'symbols'>,
  { text, lines }: { text: string; lines?: (() => readonly TextLine[]) | undefined },
): EncodedSequence[] => (lines ? encodedLines(lines(), model) : [encodedText(text, model)])

const encodedText = (
  text: string,
  { symbols: vocabulary }: Pick<TrainedModel, 'symbols'>,
): EncodedSequence => ({
  ...encodeTyped(text, vocabulary, 'text'),
  words: vocabulary.unit === 'word',
})

function encodedLines(
  lines: readonly TextLine[],
  { symbols: vocabulary }: Pick<TrainedModel, 'symbols'>,
): EncodedSequence[] {
  const labels = [
    ...new Set(lines.flatMap(({ label, tags }) => (label === undefined ? (tags ?? []) : [label]))),
  ]
  return lines.map(({ source: { symbols, spaces }, label, tags }) => ({
    symbols,
    spaces,
    ids: encodeWords(symbols, vocabulary),
    words: vocabulary.unit === 'word',
    label,
    tags,
    labels,
  }))
}
