// Learning rate of each step: pure functions of how far the run is.
import type { TrainConfig } from '../../contract/config.ts'

const cosine = (from: number, to: number, share: number) =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2

/**
 * Rate of update `step` (from 0) of `total`. onecycle as in PyTorch: from lr / 25 up to lr over the warm-up share, then down to
 * lr / 250,000, both along a cosine. cosine and linear go from lr to 0.
 */
export function learningRate({ schedule, lr, warmup }: TrainConfig, step: number, total: number): number {
  const last = Math.max(1, total - 1)
  const share = Math.min(1, step / last)
  if (schedule === 'cosine') return cosine(lr, 0, share)
  if (schedule === 'linear') return lr * (1 - share)
  if (schedule === 'constant') return lr
  const top = Math.max(0, warmup * total - 1)
  if (step <= top) return cosine(lr / 25, lr, top === 0 ? 1 : step / top)
  return cosine(lr, lr / 25e4, Math.min(1, (step - top) / Math.max(1, total - 1 - top)))
}
