// A configuration with its text, and maybe a checkpoint -> a training.
import { UnrollError } from '../contract/errors.ts'
import { readCheckpoint } from './checkpoint/read.ts'
import type { Executor } from './run/executor.ts'
import { taskWithClaims } from './taskWithClaims.ts'
import { startTraining } from './training/loop.ts'
import type { Training, TrainingStart } from './training/training.ts'

/** Starts or resumes a run. Throws as planRun does, and E_MODEL_* on a checkpoint that does not fit. */
export function openTraining(start: TrainingStart, executor: Executor): Training {
  const { config, text, control, compiled } = start
  const bytes = start.resume ?? start.weights
  const checkpoint = bytes && readCheckpoint(bytes)
  if (checkpoint?.warnings.length)
    throw new UnrollError(
      'E_MODEL_NONFINITE',
      `checkpoint: ${checkpoint.warnings[0]!.message} Choose another one.`,
    )
  const task = taskWithClaims(config, text, checkpoint)
  const given = checkpoint && { checkpoint, resumes: start.resume !== undefined }
  return startTraining(
    { config, task, given, control, compiled: checkpoint ? undefined : compiled },
    executor,
  )
}
