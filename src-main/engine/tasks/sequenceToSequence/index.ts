// The row of sequence to sequence: an encoder reads a text, a decoder generates another one, such as a translation or a transliteration.
import { z } from 'zod'
import { pairLines } from '../../formats/pairLines.ts'
import { defineTask } from '../defineTask.ts'
import { lineTask } from '../examples/lineTask.ts'
import { meta } from '../../../contract/fieldMeta.ts'
import { answerAccuracy, answerLoss, exactMatch, lengthAccuracy, mostProbable, textMetrics } from '../examples/metrics.ts' // prettier-ignore
import { lineFields, type LinesData } from '../examples/linesData.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('numerals'),
  reverse: z.boolean().default(false).meta(meta('Other direction', 'Exchanges the columns: the second text of a line is read, the first is the answer.', { also: 'swap_columns inverse_direction' })), // prettier-ignore
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
    exactMatch(
      'decoding (greedy, or the beam search of logging.beam) generates exactly the answer and its end token',
    ),
    lengthAccuracy,
    ...textMetrics,
  ],
  rankedBy: 'val/loss',
  formerly: { kind: 'examples', format: 'pairs' },
  format: pairLines,
  presets,
})
