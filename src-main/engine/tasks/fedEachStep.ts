// Shares that change from step to step, fed with the inputs of a task.
import type { Options } from '../../contract/config.ts'
import { truthChanges, truthInput, truthShare } from '../nn/forcing.ts'
import { dropoutGrows, grownShare, growthInput } from '../nn/regularise.ts'
import type { Task } from '../training/task.ts'

/** Where rates of dropout grow or true symbols become rarer, the share of each step is fed with its inputs. */
export function fedEachStep(
  { regularization, forcing }: Options<'regularization' | 'forcing'>,
  task: Task,
): Task {
  const shares: [name: string, at: (step: number) => number][] = []
  if (dropoutGrows(regularization)) shares.push([growthInput, (step) => grownShare(regularization, step)])
  if (truthChanges(forcing)) shares.push([truthInput, (step) => truthShare(forcing, step)])
  if (shares.length === 0) return task
  return {
    ...task,
    feed(executable, step) {
      task.feed(executable, step)
      for (const [name, at] of shares) executable.write(name, [at(step)])
    },
  }
}
