// What a training records of its predictions: generated text or images, or a table of predictions.
import type { RunConfig } from '../../contract/config.ts'
import type { RunSample } from '../../contract/run.ts'
import { sampleWith } from '../generation/sample.ts'
import type { Task } from './task.ts'
import type { TrainingPrograms } from './trainingPrograms.ts'

const sampleLength = 300

/** The sample of a step, with the current weights. */
export function sampleNow(
  { seed }: Pick<RunConfig, 'seed'>,
  task: Task,
  loaded: TrainingPrograms,
  step: number,
): Pick<RunSample, 'text' | 'table' | 'pictures'> {
  if (task.answers) return { text: '', table: loaded.table(seed, step) }
  if (task.images) return { text: '', pictures: loaded.images() }
  const options = {
    prime: '',
    length: sampleLength,
    temperature: 1,
    topK: 0,
    topP: 1,
    seed: (seed + step) % 2 ** 53,
  }
  let text = ''
  for (const token of sampleWith(loaded.reader(), task.samples!.vocabulary, options)) text += token.text
  return { text }
}
