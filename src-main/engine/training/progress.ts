// State of the training loop beside the tensors, stored in checkpoints as JSON: counters, partial sums and the due events of the current
// step, so that a run resumed between any two events equals an uninterrupted one.

export interface Progress {
  /** Number of updates. */
  step: number
  /** Events of this step that are still due, in this order. */
  due: { metrics: boolean; flow?: boolean; validation: boolean; sample: boolean; checkpoint: boolean }
  /** Sums since the last point of the curves, and over the current epoch. */
  log: Sums
  epoch: Sums
  /** Sums over sequences of the program's records, since the last point of the curves. */
  records?: Record<string, number>
  /** Mean loss of the last complete epoch, until its event. */
  epochLoss: number | null
  lastLoss: number | null
  bestLoss: number | null
  /** Whether the last validation was the best so far and its checkpoint event is still due. */
  isBest: boolean
  solved: boolean
  /** Whether the run ends after the due events of this step. */
  ending: boolean
}

/** Sums over runs of a program: losses weighted by the number of answers, records by the number of sequences. */
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

/** Outputs of one run of the training program. */
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

/** Mean loss per answer; null without answers. */
export const meanLoss = ({ loss, answers }: Sums): number | null => (answers > 0 ? loss / answers : null)

/** Converts the unweighted sums of older checkpoints: every earlier run gets the weights of the run `now`. */
export function weighOlder(progress: Progress, now: Ran): void {
  for (const sums of [progress.log, progress.epoch]) {
    if (sums.answers !== undefined) continue
    Object.assign(sums, {
      answers: sums.runs * now.answers,
      sequences: sums.runs * now.sequences,
      loss: sums.loss * now.answers,
    })
    if (sums === progress.log) for (const name in progress.records) progress.records[name]! *= now.sequences
  }
}

/** Whether a multiple of `every` lies in (before, after]; never for 0. */
export const passed = (every: number, before: number, after: number): boolean =>
  every > 0 && Math.floor(after / every) > Math.floor(before / every)
