// Options of the data of the music task.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

export const musicData = z.strictObject({
  dataset: datasetId.default('chorales').meta(meta('Music', 'Pieces in the stored form: one per line, frames of MIDI note numbers.')),
  window: z.int().min(0).max(4096).default(0).meta(meta('Window', 'Training reads the pieces in parts of this many predicted frames, each from a zero state. 0: whole pieces. Validation reads whole pieces.', { unit: 'frames', also: 'seq_len sequence_length max_len' })),
  transpose: z.int().min(0).max(12).default(0).meta(meta('Transposition', 'Each example of a training step is moved by a random number of semitones, at most this many up or down, within the keys of a piano. 0: off. Validation is not moved.', { unit: 'semitones', also: 'augment augmentation transposition' })),
  validation: z.number().min(0).max(0.9).default(0.2).meta(meta('Validation split', 'Fraction of the pieces, the last ones, that are held out.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type MusicData = z.output<typeof musicData>
