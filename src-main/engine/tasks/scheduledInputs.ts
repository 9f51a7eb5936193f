// Scheduled rates (growing dropout, teacher forcing) as inputs of the training program, written at every step.
import type { Options } from '../../contract/config.ts'
import { truthChanges, truthInput, truthShare } from '../nn/forcing.ts'
import { dropoutGrows, grownShare, growthInput } from '../nn/regularise.ts'
import type { Task } from '../training/task.ts'

/** The task with an input for each scheduled rate of the configuration, written before every step; the task itself if there is none. */
export function withScheduledInputs(
  { regularization, forcing }: Options<'regularization' | 'forcing'>,
  task: Task,
): Task {
  const schedules: [name: string, at: (step: number) => number][] = []
  if (dropoutGrows(regularization)) schedules.push([growthInput, (step) => grownShare(regularization, step)])
  if (truthChanges(forcing)) schedules.push([truthInput, (step) => truthShare(forcing, step)])
  if (schedules.length === 0) return task
  return {
    ...task,
    feed(executable, step) {
      task.feed(executable, step)
      for (const [name, at] of schedules) executable.write(name, [at(step)])
    },
  }
}
