// What probes have read of texts, kept for the next probe on the same model and text: the least recently used is dropped beyond a bound in
// bytes. It computes nothing.
import type { SequenceNetwork } from '../../nn/network.ts'
import { sequenceOf, type TrainedModel } from '../model.ts'

/** Bytes of everything that is kept, of all models together. */
const maxBytes = 2 ** 28

interface Kept {
  /** Identifies the checkpoint. */
  weights: WeakRef<TrainedModel['weights']>
  sequences: readonly Int32Array[]
  key: string
  data: unknown
  bytes: number
}

/** The least recently used first. */
let kept: Kept[] = []

/** Whether the state after a symbol does not depend on the symbols that follow. */
const readsForward = ({ bidirectional, subsample }: SequenceNetwork): boolean =>
  !bidirectional && subsample === 1

const beginsWith = (long: Int32Array, short: Int32Array): boolean =>
  long.length >= short.length && short.every((id, t) => id === long[t])

/** Whether what was read of `read` holds for `asked`: the same sequences, or the beginning of a single one. */
function covers(
  model: TrainedModel,
  read: readonly Int32Array[],
  asked: readonly Int32Array[],
  beginning: boolean,
): boolean {
  if (read.length !== asked.length) return false
  const exact = !beginning || read.length !== 1 || !readsForward(sequenceOf(model))
  return asked.every((ids, s) => (!exact || read[s]!.length === ids.length) && beginsWith(read[s]!, ids))
}

/**
 * What was kept under `key` for these sequences. `beginning`: for a single sequence also what was read of a longer one that begins with
 * it, if the network reads forwards only.
 */
export function findKept<T>(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  key: string,
  { beginning = false } = {},
): T | undefined {
  const at = kept.findLastIndex(
    (one) =>
      one.key === key &&
      one.weights.deref() === model.weights &&
      covers(model, one.sequences, sequences, beginning),
  )
  if (at < 0) return undefined
  const [found] = kept.splice(at, 1)
  kept.push(found!)
  return found!.data as T
}

/** Keeps `data` of `bytes` bytes, which must not be changed from then on. More than the bound is not kept. */
export function keep(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  key: string,
  data: unknown,
  bytes: number,
): void {
  kept = kept.filter(({ weights }) => weights.deref() !== undefined)
  if (bytes > maxBytes) return
  kept.push({ weights: new WeakRef(model.weights), sequences, key, data, bytes })
  let total = keptBytes()
  while (total > maxBytes) total -= kept.shift()!.bytes
}

/** Bytes of everything that is kept. */
export const keptBytes = (): number => kept.reduce((sum, { bytes }) => sum + bytes, 0)

/** Forgets everything. */
export const forgetAll = (): void => void (kept = [])
