// Where each training step reads: pure functions of the step, so a resumed run needs no cursor. Ids go into the slots as numbers.
import { philox } from '../run/random.ts'
import type { Ids } from './vocabulary.ts'

/** B parallel streams of equal length through one text; window w starts at w * stride in each. */
export interface Streams {
  batch: number
  /** Symbols of each stream, the last target included. */
  length: number
  window: number
  stride: number
  /** Windows per epoch. */
  windows: number
}

export function planStreams(symbols: number, batch: number, window: number, stride: number): Streams {
  const length = Math.floor((symbols - 1) / batch)
  return {
    batch,
    length,
    window,
    stride,
    windows: length < window ? 0 : Math.floor((length - window) / stride) + 1,
  }
}

/** ids (T, B) of window w, and targets (stride, B): the symbols behind the last `stride` ids. */
export function fillWindow(text: Ids, s: Streams, w: number, ids: Float64Array, targets: Float64Array): void {
  for (let b = 0; b < s.batch; b++) {
    const from = b * s.length + w * s.stride
    for (let t = 0; t < s.window; t++) ids[t * s.batch + b] = text[from + t]!
    const answers = from + s.window - s.stride + 1
    for (let t = 0; t < s.stride; t++) targets[t * s.batch + b] = text[answers + t]!
  }
}

/** Streams that held-out symbols are read in: one per so many of them, at most so many; and the steps of one run. */
const cover = { symbolsPerStream: 1024, streams: 32, window: 32 }

/**
 * For validation: streams that together predict every symbol but the first once; what lies behind the end is -1 (ignored). The number of
 * held-out symbols alone decides, so that runs compare whatever they are trained with.
 */
export function planCover(symbols: number): Streams {
  const streams = Math.max(1, Math.min(cover.streams, Math.floor(symbols / cover.symbolsPerStream)))
  const length = Math.ceil((symbols - 1) / streams)
  const steps = Math.min(cover.window, length)
  return { batch: streams, length, window: steps, stride: steps, windows: Math.ceil(length / steps) }
}

export function fillCover(text: Ids, s: Streams, w: number, ids: Float64Array, targets: Float64Array): void {
  for (let b = 0; b < s.batch; b++) {
    for (let t = 0; t < s.window; t++) {
      const within = w * s.window + t
      const at = b * s.length + within
      const inside = within < s.length && at + 1 < text.length
      ids[t * s.batch + b] = inside ? text[at]! : -1
      targets[t * s.batch + b] = inside ? text[at + 1]! : -1
    }
  }
}

/**
 * A shuffle without a table: where `index` of 0..n-1 lands in epoch `epoch`. Four Feistel rounds over the next power of 4, walked
 * until inside 0..n-1, so it is a permutation for every key.
 */
export function shuffled(index: number, n: number, seed: readonly [number, number], epoch: number): number {
  const half = Math.max(1, Math.ceil(Math.log2(n) / 2))
  const mask = 2 ** half - 1
  let at = index
  do {
    let left = Math.floor(at / (mask + 1))
    let right = at & mask
    for (let round = 0; round < 4; round++) {
      const mixed = (left ^ (philox(right, round, 0x73687566, epoch >>> 0, seed[0], seed[1]) & mask)) & mask
      left = right
      right = mixed
    }
    at = left * (mask + 1) + right
  } while (at >= n)
  return at
}
