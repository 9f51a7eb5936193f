// The row of sequence classification: one label per line, such as a sentiment, a topic or a language.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'
import { labelledLines } from '../../formats/labelledLines.ts'
import { defineTask } from '../defineTask.ts'
import { lineTask } from '../examples/lineTask.ts'
import { answerAccuracy, answerLoss, classBaselineRows, mostProbable } from '../examples/metrics.ts'
import { lineFields, type LinesData } from '../examples/linesData.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('reviews'),
  ...lineFields.unit,
  truncate: z
    .enum(['end', 'beginning'])
    .default('end')
    .meta(
      meta('Truncate', 'Side at which a text of more than the maximum length is truncated.', {
        values: { end: 'keeps the first symbols', beginning: 'keeps the last symbols' },
        also: 'keep truncating',
      }),
    ),
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: labelledLines })

export const sequenceClassification = defineTask({
  ...lineTask('one', linesOf),
  id: 'sequence-classification',
  title: 'Sequence classification',
  about: 'A label for every line: label, tab, text.',
  classifiesText: true,
  data,
  traits: {
    symbols: [],
    padding: [],
    oneAnswer: [],
    answersAfterReading: [],
    readsAhead: [],
    gradient: [],
    rareClasses: [],
  },
  metrics: [answerLoss, answerAccuracy(mostProbable), ...classBaselineRows],
  rankedBy: 'val/loss',
  formerly: { kind: 'examples', format: 'labelled' },
  format: labelledLines,
  presets,
})
