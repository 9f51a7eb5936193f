// A text is read whole, another one is written: translation, transliteration.
import { z } from 'zod'
import { pairLines } from '../../formats/pairLines.ts'
import { defineTask } from '../defineTask.ts'
import { lineTask } from '../examples/lineTask.ts'
import { lineFields, type LinesData } from '../examples/linesData.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('numerals'),
  ...lineFields.unit,
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: pairLines, keep: 'beginning' })

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
  formerly: { kind: 'examples', format: 'pairs' },
  format: pairLines,
  presets,
})
