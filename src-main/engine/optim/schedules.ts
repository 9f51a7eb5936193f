// Learning-rate schedules: pure functions of the number of the update.
import type { Options } from '../../contract/config.ts'

const cosine = (from: number, to: number, share: number) =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2

/**
 * Rate of update `step` (from 0) of `total`. onecycle as in PyTorch: from lr / 25 up to lr over the warm-up fraction, then down to
 * lr / 250,000, both along a cosine. All others begin with W = warmupSteps updates at lr (step + 1) / W; then, t updates later, they give
 * lr (constant); a cosine or a line from lr to 0 at the last update; lr decay^floor(t / decayEvery) (step); lr decay^(t / decayEvery)
 * (exponential); lr sqrt(max(1, W) / (step + 1)) (invsqrt, Vaswani et al. 2017).
 */
export function learningRate(config: Options<'optimizer' | 'schedule'>, step: number, total: number): number {
  const { lr } = config.optimizer
  const { name, warmup, warmupSteps, decay, decayEvery } = config.schedule
  if (name === 'onecycle') {
    const top = Math.max(0, warmup * total - 1)
    if (step <= top) return cosine(lr / 25, lr, top === 0 ? 1 : step / top)
    return cosine(lr, lr / 25e4, Math.min(1, (step - top) / Math.max(1, total - 1 - top)))
  }
  if (step < warmupSteps) return (lr * (step + 1)) / warmupSteps
  const t = step - warmupSteps
  const share = Math.min(1, t / Math.max(1, total - warmupSteps - 1))
  if (name === 'cosine') return cosine(lr, 0, share)
  if (name === 'linear') return lr * (1 - share)
  if (name === 'step') return lr * decay ** Math.floor(t / decayEvery)
  if (name === 'exponential') return lr * decay ** (t / decayEvery)
  if (name === 'invsqrt') return lr * Math.sqrt(Math.max(1, warmupSteps) / (step + 1))
  return lr
}

/** Number of updates of a configuration; epochs are rounded up to steps. */
export function totalStepsOf({ train }: Options<'train'>, stepsPerEpoch: number): number {
  const byEpochs = train.epochs > 0 ? Math.ceil(train.epochs * stepsPerEpoch) : Infinity
  return Math.min(byEpochs, train.steps > 0 ? train.steps : Infinity)
}
