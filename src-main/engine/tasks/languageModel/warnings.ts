// What is doubtful about the length of a text.
import type { PlanWarning } from '../../../contract/catalog.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { TextData } from './data.ts'

/** A text with less to learn from is learnt by heart. */
const fewSymbols = 1000

export function textWarnings({ data, train }: ConfigOf<TextData>, task: Task): PlanWarning[] {
  const warnings: PlanWarning[] = []
  const warn = (path: string, message: string) => warnings.push({ path, message })
  const { symbols, evaluation } = task
  const { window } = train
  if (symbols.train < fewSymbols)
    warn(
      'data.dataset',
      `the training part has only ${symbols.train} symbols: the network will learn them by heart.`,
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
      `the validation part has ${symbols.validation} symbols, no more than one window of ${window}: its loss says little.`,
    )
  return warnings
}
