// Chooses the executor of a run, with a warning if the native one is not available.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { Executor } from './executor.ts'
import { loadNative } from './native.ts'
import { referenceExecutor } from './reference.ts'

/** The chosen executor. */
export interface Choice {
  executor: Executor
  /** W_NO_NATIVE: `auto` fell back to the reference executor. */
  warning?: Warning
}

/** `threads` is used by the native executor only. Throws E_STATE if `native` is required and not available. */
export function chooseExecutor(wanted: 'auto' | 'native' | 'reference', threads: number): Choice {
  if (wanted === 'reference') return { executor: referenceExecutor('as configured: plain loops in f64') }
  const native = loadNative({ threads })
  if (!('unavailable' in native)) return { executor: native }
  if (wanted === 'native') {
    throw new UnrollError(
      'E_STATE',
      `runtime.executor: the native core cannot be used: ${native.unavailable}. Choose auto or reference.`,
      { path: 'runtime.executor' },
    )
  }
  const message = `the native core cannot be used (${native.unavailable}); runs take the reference in f64, roughly 50 times slower.`
  return { executor: referenceExecutor(native.unavailable), warning: { code: 'W_NO_NATIVE', message } }
}
