// Options of the data of the task that predicts frames.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

export const framesData = z.strictObject({
  dataset: datasetId.default('moving-shapes').meta(meta('Frames', 'Sequences of frames in their stored form: gray levels.')),
  history: z.int().min(1).max(64).default(3).meta(meta('History', 'Number of frames from which the next one is predicted.', { unit: 'frames', also: 'look_back seq_len input_length context_frames n_past' })),
  validation: z.number().min(0).max(0.9).default(0.2).meta(meta('Validation split', 'Fraction of the sequences, the last ones, that are held out; of a single sequence its last frames.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type FramesData = z.output<typeof framesData>
