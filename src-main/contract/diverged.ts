// Advice for a run whose loss became NaN or infinite, derived from its configuration; the same in every shell.
import type { Options, RunConfig } from './config.ts'
import type { ErrorValue } from './errors.ts'
import type { Checkpoint, RunId, RunRow } from './run.ts'

/** An option that stabilises training: the value to set, and the current one. */
export interface MilderSetting {
  path: string
  value: number | string
  now: string
}

/** Options worth changing, the most likely cause first; never empty. */
export function milderSettings({
  train,
  optimizer,
  runtime,
}: Options<'train' | 'optimizer' | 'runtime'>): MilderSetting[] {
  const settings: MilderSetting[] = []
  const add = (path: string, value: number | string, now: string | number) =>
    settings.push({ path, value, now: String(now) })
  if (optimizer.name === 'hessianfree')
    add('optimizer.damping', Number((optimizer.damping * 10).toPrecision(3)), optimizer.damping)
  else {
    add('optimizer.lr', Number((optimizer.lr / 10).toPrecision(3)), optimizer.lr)
    if (optimizer.clipNorm === 0) add('optimizer.clipNorm', 1, 'off')
    else if (optimizer.clipNorm > 1) add('optimizer.clipNorm', 1, optimizer.clipNorm)
  }
  if (['mse', 'sse'].includes(train.loss)) add('train.loss', 'auto', train.loss)
  if (runtime.precision !== 'f32') add('runtime.precision', 'f32', runtime.precision)
  return settings
}

/** The error of a run that diverged at `step`. */
export function divergedError(
  step: number,
  what: string,
  { id, config }: { id: RunId; config: RunConfig },
): ErrorValue {
  const settings = milderSettings(config)
  const words = settings.map(({ path, value, now }) => `${path}=${value} (now ${now})`)
  return {
    code: 'E_DIVERGED',
    message: `Step ${step}: ${what}. Start again or fork from an earlier checkpoint with ${words.join(', ')}.`,
    details: {
      step,
      advice: { action: 'fork', run: id, settings: settings.map(({ path, value }) => `${path}=${value}`) },
    },
  }
}

/** The step whose loss or gradient was not finite; undefined if the run did not diverge. */
export function divergedAt({ error, step }: Pick<RunRow, 'error' | 'step'>): number | undefined {
  return error?.code === 'E_DIVERGED' ? (error.details?.step ?? step) : undefined
}

/**
 * The newest checkpoint (they are sorted newest first) with a finite loss: before the step at which the run diverged. The state of that
 * step has finite weights, but its loss or gradient is not finite.
 */
export function lastFinite<C extends Pick<Checkpoint, 'step'>>(
  run: Pick<RunRow, 'error' | 'step'>,
  checkpoints: readonly C[],
): C | undefined {
  const end = divergedAt(run) ?? Infinity
  return checkpoints.find((one) => one.step < end)
}
