// What a training loop remembers besides tensors. It travels in checkpoints as JSON, so a run resumed between any two events goes on
// as if it had never stopped: partial means and duties of the current step included.

export interface Progress {
  /** Updates made. */
  step: number
  /** What is still to be told about this step, in this order. */
  due: { metrics: boolean; flow?: boolean; validation: boolean; sample: boolean; checkpoint: boolean }
  /** Sums since the last point of the curves, and over the current epoch. */
  log: Sums
  epoch: Sums
  /** Sums of what the program records, since the last point of the curves. */
  records?: Record<string, number>
  /** Mean loss of the last whole epoch, until told. */
  epochLoss: number | null
  lastLoss: number | null
  bestLoss: number | null
  /** The last validation was the best so far and its checkpoint has not been asked for. */
  isBest: boolean
  solved: boolean
  /** The last step's duties have been set. */
  ending: boolean
}

export interface Sums {
  runs: number
  loss: number
  norm: number
  wrong: number
}

export const noSums = (): Sums => ({ runs: 0, loss: 0, norm: 0, wrong: 0 })

export const newProgress = (): Progress => ({
  step: 0,
  due: { metrics: false, validation: false, sample: false, checkpoint: false },
  log: noSums(),
  epoch: noSums(),
  epochLoss: null,
  lastLoss: null,
  bestLoss: null,
  isBest: false,
  solved: false,
  ending: false,
})

export function addTo(sums: Sums, loss: number, norm: number, wrong: number): void {
  sums.runs++
  sums.loss += loss
  sums.norm += norm
  sums.wrong += wrong
}

/** Whether a multiple of `every` lies in (before, after]; never for 0. */
export const passed = (every: number, before: number, after: number): boolean =>
  every > 0 && Math.floor(after / every) > Math.floor(before / every)
