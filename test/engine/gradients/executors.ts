// The executors that the gradient through time is computed on, and the options of one run.
import { chooseExecutor } from '../../../src-main/engine/run/choose.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'

export const executors: [string, Executor][] = [['reference', referenceExecutor()]]
const native = chooseExecutor('auto', 1).executor
if (native.id === 'native') executors.push(['native', native])

export const run = { seed: [1, 2] as const, step: 3 }
