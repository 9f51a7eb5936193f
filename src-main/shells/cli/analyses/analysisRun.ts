// What the analyses share in the terminal: the flags of the text that is read, and the run.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import type { RunRow } from '../../../contract/run.ts'
import { whyNoUnits } from '../../../contract/taskInfo.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { number, refuseFlags } from '../options.ts'

/** Values of the flags that `textFlags` adds. */
export interface TextFlags {
  text?: string
  offset?: number
  length?: number
  step?: number
}

/** Adds --text, --offset, --length and --step. */
export const textFlags = (command: Command): Command =>
  command
    .option('--text <text>', 'the text to read; default: a part of the validation text')
    .option('--offset <n>', 'first symbol of that part', number('offset'))
    .option('--length <n>', 'its length in symbols', number('length'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))

/** The inputs of these flags; throws E_ARG for a part of the text where --text is given. */
export function textInput(flags: TextFlags): TextFlags {
  if (flags.text !== undefined) refuseFlags(flags, ['offset', 'length'], 'the whole of --text is read')
  const { text, offset, length, step } = flags
  return { text, offset, length, step } as TextFlags
}

/** The flag for a constant input of numbers. */
export const inputsFlag = new Option(
  '--inputs <numbers>',
  'for a run that reads numbers: those read at every step, such as 0,0,1',
).argParser(numberList)

function numberList(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  if (numbers.every(Number.isFinite)) return numbers
  throw new InvalidArgumentError('Expected numbers with commas between them, such as 0,0,1.')
}

/** The run; throws E_ARG if its task has no units that read text and, with `numbers`, if its network reads no sequences of numbers either. */
export async function analysedRun(app: App, word: string, numbers = false): Promise<RunRow> {
  const run = await findRun(app, word)
  if (numbers && run.task.abilities.readsNumbers) return run
  const why = whyNoUnits(run.task)
  if (why) throw new UnrollError('E_ARG', `${run.name} ${why}.`, { advice: { action: 'show', run: run.id } })
  if (run.task.abilities.inspects !== 'text')
    throw new UnrollError('E_ARG', `${run.name} reads no text. Choose a run on a text.`)
  return run
}
