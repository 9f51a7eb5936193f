// Counter-based random numbers: a value depends on (seed, step, stream, index) alone, not on the order of evaluation, the number of
// threads or whether the run was resumed. Philox 4x32-10 (Salmon et al., SC 2011).

const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85

/** High 32 bits of the unsigned product a * b. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff
  const ah = a >>> 16
  const bl = b & 0xffff
  const bh = b >>> 16
  const mid = ah * bl + ((al * bl) >>> 16)
  const mid2 = al * bh + (mid % 0x10000)
  return (ah * bh + Math.floor(mid / 0x10000) + Math.floor(mid2 / 0x10000)) >>> 0
}

/** Word `word` of Philox 4x32-10 with counter (c0, c1, c2, c3) and key (k0, k1), all unsigned 32 bits. */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  word: 0 | 1 | 2 | 3 = 0,
): number {
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0, c0)
    const l0 = Math.imul(M0, c0) >>> 0
    const h1 = mulHigh(M1, c2)
    const l1 = Math.imul(M1, c2) >>> 0
    c0 = (h1 ^ c1 ^ k0) >>> 0
    c1 = l1
    c2 = (h0 ^ c3 ^ k1) >>> 0
    c3 = l0
    k0 = (k0 + W0) >>> 0
    k1 = (k1 + W1) >>> 0
  }
  return word < 2 ? (word === 0 ? c0 : c1) : word === 2 ? c2 : c3
}

/** 24 bits of a word as a number in [0, 1), exact in f32. */
const fraction = (word: number): number => (word >>> 8) / 0x1000000

/** Seed and step, on which every random value of one program run depends. */
export interface Counter {
  /** 64-bit seed as two unsigned words. */
  seed: readonly [lo: number, hi: number]
  /** Index of the training step or of the sampled symbol. */
  step: number
}

/**
 * Uniform in [0, 1) with 24 bits, exact in f32 and f64: word index mod 4 of the counter (index / 4, iteration of the enclosing loops,
 * stream, step), so that one counter yields four numbers.
 */
export function uniformAt(counter: Counter, stream: number, iteration: number, index: number): number {
  const { seed, step } = counter
  const word = (index & 3) as 0 | 1 | 2 | 3
  return fraction(
    philox((index >>> 0) >>> 2, iteration >>> 0, stream >>> 0, step >>> 0, seed[0], seed[1], word),
  )
}

/** A sequential generator over one random stream for host code (initial weights, shuffles, sampled symbols). */
export function randomStream(counter: Counter, stream: number) {
  let index = 0
  const { seed, step } = counter
  const uniform = () =>
    fraction(philox(index++ >>> 0, 0xffffffff, stream >>> 0, step >>> 0, seed[0], seed[1]))
  return {
    /** Uniform in [0, 1). */
    uniform,
    /** Integer in [0, n). */
    below: (n: number) => Math.floor(uniform() * n),
    /** Standard normal, by Box and Muller. */
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}
