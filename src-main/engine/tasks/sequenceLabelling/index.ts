// The row of sequence labelling: a tag for every word of a line, such as parts of speech or names.
import { z } from 'zod'
import { taggedLines } from '../../formats/taggedLines.ts'
import { defineTask } from '../defineTask.ts'
import { lineTask } from '../examples/lineTask.ts'
import { answerAccuracy, answerLoss, exactMatch, mostProbable, tagBaselineRow } from '../examples/metrics.ts'
import { lineFields, type LinesData } from '../examples/linesData.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('sentences'),
  ...lineFields.words,
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: taggedLines, unit: 'word', truncate: 'end' })

export const sequenceLabelling = defineTask({
  ...lineTask('each', linesOf),
  id: 'sequence-labelling',
  title: 'Sequence labelling',
  about: 'A tag for every word: word/TAG word/TAG.',
  data,
  traits: { symbols: [], padding: [], readsAhead: [], gradient: [], rareClasses: [] },
  metrics: [
    answerLoss,
    answerAccuracy(mostProbable),
    tagBaselineRow,
    exactMatch('every tag of the line is right'),
  ],
  rankedBy: 'val/loss',
  formerly: { kind: 'examples', format: 'tagged' },
  format: taggedLines,
  presets,
})
