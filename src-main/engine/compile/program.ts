// The compiled form of a graph: kernel calls, loops and guards over one arena; both executors run it. It has no notion of gradients or
// layers; every size and offset is fixed before the first run.

/**
 * A strided window onto the arena, counted in elements. `strides[d] = 0` repeats along d (broadcast). Inside loops the window
 * moves: at iteration `i_d` of the enclosing loop of depth d (0 = outermost) it starts at `offset + sum_d loop[d] * i_d`, where
 * `i_d` is the index 0..count-1, also for reverse loops (which run it downwards). Missing `loop` entries are 0.
 */
export interface View {
  offset: number
  shape: number[]
  strides: number[]
  loop: number[]
}

/**
 * Elementwise functions of the register values a, b, c.
 * - `const`: imm. `uniform`: in [0, 1), counter-based, see random.ts; imm = stream number.
 * - `gt`, `ge`, `eq`: 1 or 0. `select`: a != 0 ? b : c. `fma`: a * b + c, one rounding natively. `sigmoid` and `tanh` are accurate to a few ulp of f32.
 * In the order of their codes; the number is the operations counted per element.
 */
const ewRows = {
  const: 0, add: 1, sub: 1, mul: 1, div: 1, max: 1, min: 1, neg: 1, abs: 1, exp: 1, log: 1, sqrt: 1, tanh: 1, sigmoid: 1, relu: 1,
  gt: 1, ge: 1, eq: 1, select: 1, uniform: 1, floor: 1, fma: 2,
} as const // prettier-ignore
export const ewFunctions = Object.keys(ewRows) as EwFunction[]
export type EwFunction = keyof typeof ewRows

/** One step of a fused elementwise instruction: register r = fn(a, b, c); registers 0..ins-1 hold the inputs, then one per op. */
export interface EwOp {
  fn: EwFunction
  a: number
  b: number
  c: number
  imm: number
}

/**
 * Rounding of the factors of a matrix product; sums are f32 (f64 in the reference) in each case, the addend and the result are never rounded.
 * - `f32`: not rounded.
 * - `bf16`: both rounded to bfloat16, to nearest, ties to even. `bf16x3`: x = hi + lo with hi = bf16(x), lo = bf16(x - hi), and
 *   a @ b = hi_a @ hi_b + hi_a @ lo_b + lo_a @ hi_b: about 16 bits of each factor. An infinite factor then gives NaN.
 */
export const precisions = ['f32', 'bf16', 'bf16x3'] as const
export type Precision = (typeof precisions)[number]

type Work = (call: Call) => number

/** Additions of the addend: the last of `ins`, if there are more than `factors`. */
const added = ({ outs, ins }: Call, factors: number): number =>
  ins.length > factors ? elements(outs[0]!.shape) : 0
/** A fixed number of operations per element of the first operand. */
const perElement =
  (operations: number): Work =>
  ({ ins }) =>
    operations * elements(ins[0]!.shape)
const none: Work = () => 0

/**
 * The kernels. Views are already broadcast or transposed by their strides. M, N, K, V, E name sizes.
 * - `ew`: all `outs` and `ins` have the same shape (rank <= 4; `strides` 0 where an input is broadcast). `code` as above;
 *   `results[k]` = register stored to outs[k]. No ops and results [0] is a strided copy. An out may be the very same view as an in.
 * - `gemm`: out (M,N) = a (M,K) @ b (K,N) [+ c (M,N)]; ins [a, b] or [a, b, c]. Any of a, b may be transposed (strides [1, ld]).
 *   `packed: 1` = b was written by `pack` (its view then only names the offset, K and N). c may be the same view as out.
 * - `pack`: out = b (K,N) in the layout of the executor's micro-kernel, at most packedSize(K, N, precision) elements; a product
 *   that reads it has the same precision.
 * - `sum`, `max`: out has shape `keep`, in has shape `keep ++ reduced`; fixed order, the same for any number of threads. `dot`: out = the
 *   sum of a * b, both `keep ++ reduced`. ins [a] or [a, c] for `sum`, [a, b] or [a, b, c] for `dot`: c (`keep`) is added; it may be
 *   the same view as out.
 * - `softmax`, `logSoftmax`: rows of (M,V).
 * - `crossEntropy`: out (M) = -log softmax(logits (M,V))[ids (M)]; 0 where id < 0. `crossEntropyGrad`: out (M,V) = (softmax(logits) - onehot(ids)) * g (M); 0 rows where id < 0. ins [logits, ids] / [logits, ids, g].
 * - `gather`: out (M,E) = table (V,E)[ids (M)] [+ c (M,E)], row of zeros where id < 0; ins [table, ids] or [table, ids, c]. `scatterAdd`: out (V,E) = sum of rows (M,E) by ids (M), zeroed first, in order of M; ins [rows, ids].
 * - `oneHot`: out (M,V) from ids (M); row of zeros where id < 0.
 * In the order of their codes; the value computes the floating-point operations of a call (0 for loops and guards: their calls count).
 */
const kernelRows = {
  loop: none,
  ew: ({ outs, code }) => elements(outs[0]!.shape) * code.reduce((n, { fn }) => n + ewRows[fn], 0),
  gemm: (call) => 2 * elements(call.outs[0]!.shape) * call.ins[0]!.shape[1]! + added(call, 2),
  pack: none,
  sum: (call) => perElement(1)(call) + added(call, 1),
  max: perElement(1),
  // Per element of a row: largest, difference, exponential, sum; then a scale or a difference; then a factor.
  softmax: perElement(5),
  logSoftmax: perElement(5),
  crossEntropy: perElement(4),
  crossEntropyGrad: perElement(6),
  gather: (call) => added(call, 2),
  scatterAdd: perElement(1),
  oneHot: none,
  dot: (call) => perElement(2)(call) + added(call, 2),
  guard: none,
} satisfies Record<string, Work>
export const kernels = Object.keys(kernelRows) as Kernel[]
export type Kernel = keyof typeof kernelRows

export interface Call {
  kernel: Exclude<Kernel, 'loop' | 'guard'>
  outs: View[]
  ins: View[]
  /** Only `gemm`: 1 when ins[1] is packed. */
  packed: 0 | 1
  /** Only `gemm` and `pack`; default f32. */
  precision?: Precision
  /** Only `ew`. */
  code: EwOp[]
  results: number[]
  /** Its origin in the graph, for profiles and the compile report. */
  note: string
}

/** Floating-point operations of one call. */
export const flopsOf = (call: Call): number => kernelRows[call.kernel](call)

/**
 * Elements read and written by a call inside loops of these counts (outermost first), if no cache keeps data between iterations. Broadcast
 * elements count once, as do the iterations of a loop that does not move the view.
 */
export const elementsMoved = ({ outs, ins }: Call, counts: readonly number[]): number =>
  [...outs, ...ins].reduce((n, { shape, strides, loop }) => {
    const window = shape.reduce((size, extent, d) => (strides[d] === 0 ? size : size * extent), 1)
    return n + counts.reduce((size, count, d) => size * (loop[d] ? count : 1), window)
  }, 0)

/** Runs `body` count times, i = 0..count-1, or downwards when `reverse`. */
export interface Loop {
  kernel: 'loop'
  count: number
  reverse: boolean
  body: Instruction[]
  note: string
}

/** An if-region: runs `body` if some element of `when` is not 0 (NaN is not 0), else `otherwise`. */
export interface Guard {
  kernel: 'guard'
  when: View
  body: Instruction[]
  otherwise: Instruction[]
  note: string
}

export type Instruction = Call | Loop | Guard

export type SlotKind = 'input' | 'state' | 'output'

/** A named range of the arena: an input written before a run, a state kept between runs, or an output read after one. Dense, row-major. */
export interface Slot {
  kind: SlotKind
  offset: number
  shape: number[]
}

export interface Program {
  /** Arena length in elements. Bytes natively: 4 * size. */
  size: number
  /** First element that the program may write; those before it belong to the program whose arena it shares. Default 0. */
  from?: number
  slots: Map<string, Slot>
  code: Instruction[]
}

/** All calls in order, inside loops and in both branches of guards. */
export const callsOf = (code: readonly Instruction[]): Call[] =>
  code.flatMap((one) => {
    if (one.kernel === 'guard') return [...callsOf(one.body), ...callsOf(one.otherwise)]
    return one.kernel === 'loop' ? callsOf(one.body) : [one]
  })

/** Product of dims; 1 for a scalar. */
export const elements = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

/** Row-major strides of a dense array of that shape. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step
    step *= shape[d]!
  }
  return strides
}

/**
 * Upper bound in elements on the packed layout of a (K,N) matrix in every executor: panels of up to 64 columns, for bf16 K in steps of
 * 32.
 */
export function packedSize(K: number, N: number, precision: Precision = 'f32'): number {
  const rows = precision === 'f32' ? K : Math.ceil(K / 32) * 32 * (precision === 'bf16x3' ? 2 : 1)
  return rows * Math.ceil(N / 64) * 64
}
