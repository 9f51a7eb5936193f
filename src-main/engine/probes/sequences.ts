// A typed text as one or many sequences: each line is a sequence of its own, read from the zero state, if the model knows no line break.
import { encodeTyped } from '../generation/sample.ts'
import { ownLineBreak } from '../data/reading.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { TrainedModel } from './model.ts'
import { warmUpOf } from './signalRows.ts'

/** A part of a text that is read from the zero state. */
export interface TextSequence {
  ids: Int32Array
  tokens: string[]
  /** First symbols that statistics leave out: those of a running text, whose state does not start at zero in training. */
  warmUp: number
}

/** The sequences of a text; throws E_ARG for symbols that are not in the vocabulary, and for a text without symbols. */
export function sequencesOf(model: TrainedModel, text: string): TextSequence[] {
  const { symbols } = model
  const lines =
    ownLineBreak(symbols) === undefined && symbols.unit === 'char' ? text.split(/\r\n|\r|\n/) : [text]
  const separate = lines.length > 1
  const sequences = lines
    .filter((line) => line !== '')
    .map((line) => {
      const { ids, symbols: tokens } = encodeTyped(line, symbols, 'text')
      return { ids, tokens, warmUp: separate ? 0 : warmUpOf(ids.length) }
    })
  if (sequences.length === 0)
    throw new UnrollError('E_ARG', 'text: there is no symbol to read.', { path: 'text' })
  return sequences
}
