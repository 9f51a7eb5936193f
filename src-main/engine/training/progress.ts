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
  /** Sums over sequences of what the program records, since the last point of the curves. */
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

/** Of the runs of a program. A loss is a mean over the answers of a run, so its sum is weighted by their count; records by the sequences. */
export interface Sums {
  runs: number
  answers: number
  sequences: number
  loss: number
  norm: number
  wrong: number
}

export const noSums = (): Sums => ({ runs: 0, answers: 0, sequences: 0, loss: 0, norm: 0, wrong: 0 })

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

/** What one run of a program says. */
export interface Ran {
  loss: number
  norm: number
  wrong: number
  answers: number
  sequences: number
}

export function addTo(sums: Sums, ran: Ran): void {
  sums.runs++
  sums.answers += ran.answers
  sums.sequences += ran.sequences
  sums.loss += ran.loss * ran.answers
  sums.norm += ran.norm
  sums.wrong += ran.wrong
}

/** null where nothing was asked for. */
export const meanLoss = ({ loss, answers }: Sums): number | null => (answers > 0 ? loss / answers : null)

/** Older checkpoints hold plain sums over the runs: each of those runs then weighs as the run `now` does. */
export function weighOlder(progress: Progress, now: Ran): void {
  for (const sums of [progress.log, progress.epoch]) {
    if (sums.answers !== undefined) continue
    Object.assign(sums, { answers: sums.runs * now.answers, sequences: sums.runs * now.sequences, loss: sums.loss * now.answers }) // prettier-ignore
    if (sums === progress.log) for (const name in progress.records) progress.records[name]! *= now.sequences
  }
}

/** Whether a multiple of `every` lies in (before, after]; never for 0. */
export const passed = (every: number, before: number, after: number): boolean =>
  every > 0 && Math.floor(after / every) > Math.floor(before / every)
