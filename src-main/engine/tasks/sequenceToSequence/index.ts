// A text is read whole, another one is written: translation, transliteration.
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
  about: 'An encoder reads a text, a decoder writes another one: text, tab, text.',
  data,
  traits: {
    symbols: [],
    padding: [],
    answersAfterReading: [],
    readsAhead: [],
    predictsNext: [],
    gradient: [],
    rareClasses: [],
  },
  metrics: [
    answerLoss,
    answerAccuracy(`${mostProbable} of a decoder that reads the true tokens`),
    exactMatch('a decoder that reads its own tokens writes just the answer and its end'),
    lengthAccuracy,
  ],
  rankedBy: 'val/loss',
  formerly: { kind: 'examples', format: 'pairs' },
  format: pairLines,
  presets,
})
