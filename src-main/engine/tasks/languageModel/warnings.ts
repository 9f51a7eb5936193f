// Warnings about the length of a text.
import type { PlanWarning } from '../../../contract/catalog.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { TextData } from './data.ts'

/** A smaller training part, in symbols, will be memorised. */
const fewSymbols = 1000

/** Warnings about a training part that is too small, and about a validation part that is too small to be informative. */
export function textWarnings({ data, train }: ConfigOf<TextData>, task: Task): PlanWarning[] {
  const warnings: PlanWarning[] = []
  const warn = (path: string, message: string) => warnings.push({ path, message })
  const { symbols, evaluation } = task
  const { window } = train
  if (symbols.train < fewSymbols)
    warn(
      'data.dataset',
      `the training part has only ${symbols.train} symbols: the network will memorise them.`,
    )
  if (data.validation === 0) return warnings
  if (!evaluation)
    warn(
      'data.validation',
      `the validation part has ${symbols.validation} symbols, too few: there will be no validation loss.`,
    )
  else if (symbols.validation <= window)
    warn(
      'data.validation',
      `the validation part has ${symbols.validation} symbols, no more than one window of ${window}: its loss is not informative.`,
    )
  return warnings
}
