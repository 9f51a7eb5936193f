// The row of sequence to sequence: an encoder reads a text, a decoder generates another one, such as a translation or a transliteration.
import { z } from 'zod'
import { pairLines } from '../../formats/pairLines.ts'
import { defineTask } from '../defineTask.ts'
import { lineTask } from '../examples/lineTask.ts'
import { answerAccuracy, answerLoss, exactMatch, lengthAccuracy, mostProbable } from '../examples/metrics.ts'
import { lineFields, type LinesData } from '../examples/linesData.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('numerals'),
  ...lineFields.unit,
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: pairLines, truncate: 'end' })

export const sequenceToSequence = defineTask({
  ...lineTask('pair', linesOf),
  id: 'sequence-to-sequence',
  title: 'Sequence to sequence',
  about: 'An encoder reads a text, a decoder generates another one: text, tab, text.',
  data,
  traits: {
    symbols: [],
    padding: [],
    answersAfterReading: [],
    readsAhead: [],
    encodesPairs: [],
    predictsNext: [],
    gradient: [],
    rareClasses: [],
  },
  metrics: [
    answerLoss,
    answerAccuracy(`${mostProbable} of a decoder with teacher forcing`),
    exactMatch('greedy decoding generates exactly the answer and its end token'),
    lengthAccuracy,
  ],
  rankedBy: 'val/loss',
  formerly: { kind: 'examples', format: 'pairs' },
  format: pairLines,
  presets,
})
