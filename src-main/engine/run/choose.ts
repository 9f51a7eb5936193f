// Which executor a run gets, and what to tell the user when it is not the fast one.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { Executor } from './executor.ts'
import { loadNative } from './native.ts'
import { referenceExecutor } from './reference.ts'

export interface Choice {
  executor: Executor
  /** W_NO_NATIVE: `auto` had to take the reference. */
  warning?: Warning
}

/** `threads` counts for the native executor only. Throws E_STATE when `native` is wanted and cannot be had. */
export function chooseExecutor(wanted: 'auto' | 'native' | 'reference', threads: number): Choice {
  if (wanted === 'reference') return { executor: referenceExecutor('as configured: plain loops in f64') }
  const native = loadNative({ threads })
  if (!('unavailable' in native)) return { executor: native }
  if (wanted === 'native') {
    throw new UnrollError(
      'E_STATE',
      `train.executor: the native core cannot be used: ${native.unavailable}. Choose auto or reference.`,
      { path: 'train.executor' },
    )
  }
  const message = `the native core cannot be used (${native.unavailable}); runs take the reference in f64, roughly 50 times slower.`
  return { executor: referenceExecutor(native.unavailable), warning: { code: 'W_NO_NATIVE', message } }
}
