// The specification of each kernel: plain f64 loops over strided views. A negative id means "no row"; one that is not below the number of
// rows gives NaN (scatterAdd skips it).
import {
  elements,
  type Call,
  type EwFunction,
  type EwOp,
  type Precision,
  type View,
} from '../compile/program.ts'
import { lowerBfloat16, roundToBfloat16 } from './bfloat16.ts'
import { uniformAt, type Counter } from './random.ts'

/** The arena, the random counter and the combined index of all enclosing loops. */
export interface KernelContext {
  memory: Float64Array
  counter: Counter
  iteration: number
}

/** Runs a kernel, given the offsets of its views in this iteration. */
export type Kernel = (context: KernelContext, outs: number[], ins: number[]) => void

/** Offsets of all elements in row-major order, relative to the view's first element. */
export function addresses({ shape, strides }: View): Int32Array {
  let table = Int32Array.of(0)
  shape.forEach((size, d) => {
    const next = new Int32Array(table.length * size)
    for (let i = 0; i < next.length; i++) next[i] = table[Math.floor(i / size)]! + (i % size) * strides[d]!
    table = next
  })
  return table
}

const max = (a: number, b: number) => Math.max(a, b) // NaN if either is, as in all kernels
const functions: Record<
  Exclude<EwFunction, 'const' | 'uniform'>,
  (a: number, b: number, c: number) => number
> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max,
  min: (a, b) => Math.min(a, b),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  sqrt: (a) => Math.sqrt(a),
  tanh: (a) => Math.tanh(a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(a, 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  select: (a, b, c) => (a !== 0 ? b : c),
  floor: (a) => Math.floor(a),
  fma: (a, b, c) => a * b + c,
}

/** Elements processed per pass over the registers. */
const strip = 1024

/** out[i] = fn(a[i], b[i], c[i]) for the elements first..first+n-1 of the call; out, a, b, c are registers. */
function ewStep(
  { fn, imm }: EwOp,
  context: KernelContext,
  first: number,
  n: number,
  registers: Float64Array[],
) {
  const [out, a, b, c] = registers as [Float64Array, Float64Array, Float64Array, Float64Array]
  if (fn === 'const') out.fill(imm)
  else if (fn === 'uniform') {
    for (let i = 0; i < n; i++) out[i] = uniformAt(context.counter, imm, context.iteration, first + i)
  } else {
    const f = functions[fn]
    for (let i = 0; i < n; i++) out[i] = f(a[i]!, b[i]!, c[i]!)
  }
}

function ew({ outs, ins, code, results }: Call): Kernel {
  const total = elements(outs[0]!.shape)
  const outAt = outs.map(addresses)
  const inAt = ins.map(addresses)
  const registers = Array.from(
    { length: ins.length + code.length },
    () => new Float64Array(Math.min(total, strip)),
  )
  const operands = code.map(({ a, b, c }, k) =>
    [ins.length + k, a, b, c].map((r) => registers[r] ?? registers[0]!),
  )
  return (context, outStart, inStart) => {
    for (let first = 0; first < total; first += strip) {
      const n = Math.min(strip, total - first)
      inAt.forEach((at, r) => {
        for (let i = 0; i < n; i++) registers[r]![i] = context.memory[inStart[r]! + at[first + i]!]!
      })
      code.forEach((op, k) => ewStep(op, context, first, n, operands[k]!))
      outAt.forEach((at, k) => {
        for (let i = 0; i < n; i++)
          context.memory[outStart[k]! + at[first + i]!] = registers[results[k]!]![i]!
      })
    }
  }
}

const unrounded = (x: number) => x
/** The products whose sum is a @ b: for each, the rounding of elements of a and of b. */
const products: Record<Precision, [typeof unrounded, typeof unrounded][]> = {
  f32: [[unrounded, unrounded]],
  bf16: [[roundToBfloat16, roundToBfloat16]],
  bf16x3: [
    [roundToBfloat16, roundToBfloat16],
    [roundToBfloat16, lowerBfloat16],
    [lowerBfloat16, roundToBfloat16],
  ],
}

function gemm({ outs, ins, packed, precision = 'f32' }: Call): Kernel {
  const [M, N] = outs[0]!.shape as [number, number]
  const K = ins[0]!.shape[1]!
  const [om, on] = outs[0]!.strides as [number, number]
  const [am, ak] = ins[0]!.strides as [number, number]
  const [bk, bn] = (packed ? [N, 1] : ins[1]!.strides) as [number, number]
  const [cm, cn] = (ins[2]?.strides ?? [0, 0]) as [number, number]
  const row = new Float64Array(N)
  const factors = products[precision].map(([left, right]) => ({ left, right, b: new Float64Array(K * N) }))
  return ({ memory }, [out], [a, b, c]) => {
    for (const factor of factors) {
      for (let i = 0; i < K * N; i++)
        factor.b[i] = factor.right(memory[b! + Math.floor(i / N) * bk + (i % N) * bn]!)
    }
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) row[n] = c === undefined ? 0 : memory[c + m * cm + n * cn]!
      for (const factor of factors) {
        for (let k = 0; k < K; k++) {
          const x = factor.left(memory[a! + m * am + k * ak]!)
          for (let n = 0; n < N; n++) row[n]! += x * factor.b[k * N + n]!
        }
      }
      for (let n = 0; n < N; n++) memory[out! + m * om + n * on] = row[n]!
    }
  }
}

/** The packed layout of this executor is dense (K,N). */
function pack({ ins }: Call): Kernel {
  const at = addresses(ins[0]!)
  return ({ memory }, [out], [b]) => {
    for (let i = 0; i < at.length; i++) memory[out! + i] = memory[b! + at[i]!]!
  }
}

/** out[i] = fold, from left to right, of row i of the input, or of the product of two inputs; one more input is added to the result. */
const reduction = (initial: number, fold: (a: number, b: number) => number, factors: 1 | 2 = 1) =>
  function ({ outs, ins }: Call): Kernel {
    const outAt = addresses(outs[0]!)
    const [xAt, yAt] = [addresses(ins[0]!), addresses(ins[factors - 1]!)]
    const cAt = ins[factors] && addresses(ins[factors])
    const R = outAt.length ? xAt.length / outAt.length : 0
    return ({ memory }, [out], starts) => {
      const [x, y] = [starts[0]!, starts[factors - 1]!]
      const term = (at: number) =>
        factors === 1 ? memory[x + xAt[at]!]! : memory[x + xAt[at]!]! * memory[y + yAt[at]!]!
      for (let i = 0; i < outAt.length; i++) {
        let value = initial
        for (let r = 0; r < R; r++) value = fold(value, term(i * R + r))
        memory[out! + outAt[i]!] = value + (cAt ? memory[starts[factors]! + cAt[i]!]! : 0)
      }
    }
  }

/** Writes the log-softmax of a row of V elements at `start` to `row` and returns it. */
function logSoftmaxRow(memory: Float64Array, start: number, stride: number, row: Float64Array): Float64Array {
  for (let v = 0; v < row.length; v++) row[v] = memory[start + v * stride]!
  const peak = row.reduce(max, -Infinity)
  const logSum = Math.log(row.reduce((sum, x) => sum + Math.exp(x - peak), 0))
  for (let v = 0; v < row.length; v++) row[v] = row[v]! - peak - logSum
  return row
}

const softmaxKernel = (finish: (logP: number) => number) =>
  function ({ outs, ins }: Call): Kernel {
    const [M, V] = outs[0]!.shape as [number, number]
    const [om, ov] = outs[0]!.strides as [number, number]
    const [im, iv] = ins[0]!.strides as [number, number]
    const row = new Float64Array(V)
    return ({ memory }, [out], [x]) => {
      for (let m = 0; m < M; m++) {
        logSoftmaxRow(memory, x! + m * im, iv, row)
        for (let v = 0; v < V; v++) memory[out! + m * om + v * ov] = finish(row[v]!)
      }
    }
  }

/** The row of an id: -1 for none, NaN for an id that is too large or NaN. */
const rowOf = (id: number, rows: number): number => (id < 0 ? -1 : id < rows ? Math.trunc(id) : NaN)

function crossEntropy({ outs, ins }: Call): Kernel {
  const [M, V] = ins[0]!.shape as [number, number]
  const [lm, lv] = ins[0]!.strides as [number, number]
  const row = new Float64Array(V)
  return ({ memory }, [out], [logits, ids]) => {
    for (let m = 0; m < M; m++) {
      const id = rowOf(memory[ids! + m * ins[1]!.strides[0]!]!, V)
      const logP = logSoftmaxRow(memory, logits! + m * lm, lv, row)
      memory[out! + m * outs[0]!.strides[0]!] = id < 0 ? 0 : -(logP[id] ?? NaN)
    }
  }
}

function crossEntropyGrad({ outs, ins }: Call): Kernel {
  const [M, V] = outs[0]!.shape as [number, number]
  const [om, ov] = outs[0]!.strides as [number, number]
  const [lm, lv] = ins[0]!.strides as [number, number]
  const row = new Float64Array(V)
  return ({ memory }, [out], [logits, ids, g]) => {
    for (let m = 0; m < M; m++) {
      const id = rowOf(memory[ids! + m * ins[1]!.strides[0]!]!, V)
      const gm = memory[g! + m * ins[2]!.strides[0]!]!
      const logP = logSoftmaxRow(memory, logits! + m * lm, lv, row)
      for (let v = 0; v < V; v++) {
        const d = Number.isNaN(id) ? NaN : Math.exp(logP[v]!) - (v === id ? 1 : 0)
        memory[out! + m * om + v * ov] = id < 0 ? 0 : d * gm
      }
    }
  }
}

function gather({ outs, ins }: Call): Kernel {
  const [M, E] = outs[0]!.shape as [number, number]
  const [om, oe] = outs[0]!.strides as [number, number]
  const [tv, te] = ins[0]!.strides as [number, number]
  const [cm, ce] = ins[2]?.strides ?? []
  return ({ memory }, [out], [table, ids, c]) => {
    for (let m = 0; m < M; m++) {
      const id = rowOf(memory[ids! + m * ins[1]!.strides[0]!]!, ins[0]!.shape[0]!)
      for (let e = 0; e < E; e++) {
        const start = c === undefined ? 0 : memory[c + m * cm! + e * ce!]!
        memory[out! + m * om + e * oe] =
          start + (id < 0 ? 0 : Number.isNaN(id) ? NaN : memory[table! + id * tv + e * te]!)
      }
    }
  }
}

function scatterAdd({ outs, ins }: Call): Kernel {
  const [V, E] = outs[0]!.shape as [number, number]
  const [ov, oe] = outs[0]!.strides as [number, number]
  const [rm, re] = ins[0]!.strides as [number, number]
  const M = ins[0]!.shape[0]!
  return ({ memory }, [out], [rows, ids]) => {
    for (let v = 0; v < V; v++) for (let e = 0; e < E; e++) memory[out! + v * ov + e * oe] = 0
    for (let m = 0; m < M; m++) {
      const id = rowOf(memory[ids! + m * ins[1]!.strides[0]!]!, V)
      if (!(id >= 0)) continue
      for (let e = 0; e < E; e++) memory[out! + id * ov + e * oe]! += memory[rows! + m * rm + e * re]!
    }
  }
}

function oneHot({ outs, ins }: Call): Kernel {
  const [M, V] = outs[0]!.shape as [number, number]
  const [om, ov] = outs[0]!.strides as [number, number]
  return ({ memory }, [out], [ids]) => {
    for (let m = 0; m < M; m++) {
      const id = rowOf(memory[ids! + m * ins[0]!.strides[0]!]!, V)
      for (let v = 0; v < V; v++) memory[out! + m * om + v * ov] = Number.isNaN(id) ? NaN : v === id ? 1 : 0
    }
  }
}

const kernels: Record<Call['kernel'], (call: Call) => Kernel> = {
  ew,
  gemm,
  pack,
  sum: reduction(0, (a, b) => a + b),
  max: reduction(-Infinity, max),
  dot: reduction(0, (a, b) => a + b, 2),
  softmax: softmaxKernel(Math.exp),
  logSoftmax: softmaxKernel((logP) => logP),
  crossEntropy,
  crossEntropyGrad,
  gather,
  scatterAdd,
  oneHot,
}

/** Prepares a call: sizes, strides and temporaries are set up once. */
export const bindKernel = (call: Call): Kernel => kernels[call.kernel](call)
