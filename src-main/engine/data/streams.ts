// The positions that each step reads, as pure functions of the step, so a resumed run needs no cursor. Ids are written as numbers.
import { philox } from '../run/random.ts'
import type { Ids } from './vocabulary.ts'

/** `batch` parallel streams of equal length through one text; window w begins at symbol w * stride of each. */
export interface Streams {
  batch: number
  /** Symbols of each stream, without the last target. */
  length: number
  window: number
  stride: number
  /** Windows per epoch. */
  windows: number
}

/** Divides `symbols` symbols into streams for training; `windows` is 0 if the streams are shorter than a window. */
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

/** Fills ids (T, B) of window w, and targets (stride, B): the symbols that follow the last `stride` ids. */
export function fillWindow(text: Ids, s: Streams, w: number, ids: Float64Array, targets: Float64Array): void {
  for (let b = 0; b < s.batch; b++) {
    const from = b * s.length + w * s.stride
    for (let t = 0; t < s.window; t++) ids[t * s.batch + b] = text[from + t]!
    const answers = from + s.window - s.stride + 1
    for (let t = 0; t < s.stride; t++) targets[t * s.batch + b] = text[answers + t]!
  }
}

/** Streams of a validation: symbols per stream, maximum number of streams, and steps per program run. */
const validationStreams = { symbolsPerStream: 1024, streams: 32, window: 32 }

/**
 * Divides `symbols` held-out symbols into streams that together predict every symbol but the first once. It depends only on the number of
 * symbols, so that runs with different training options are comparable.
 */
export function planValidation(symbols: number): Streams {
  const streams = Math.max(
    1,
    Math.min(validationStreams.streams, Math.floor(symbols / validationStreams.symbolsPerStream)),
  )
  const length = Math.ceil((symbols - 1) / streams)
  const steps = Math.min(validationStreams.window, length)
  return { batch: streams, length, window: steps, stride: steps, windows: Math.ceil(length / steps) }
}

/** Fills ids and targets (T, B) of window w; positions after the end are -1 (ignored). */
export function fillValidation(
  text: Ids,
  s: Streams,
  w: number,
  ids: Float64Array,
  targets: Float64Array,
): void {
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
 * A permutation of 0..n-1 without a table: the image of `index` in epoch `epoch`. Four Feistel rounds over the next power of 4, repeated
 * until the result is below n (cycle walking), so it is a permutation for every key.
 */
export function shuffledIndex(
  index: number,
  n: number,
  seed: readonly [number, number],
  epoch: number,
): number {
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
