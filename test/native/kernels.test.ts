// Every kernel, natively against the reference, on every instruction set that runs here: chosen sizes around vector, tile and block
// borders, then random shapes, layouts, broadcasts and loops.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call, Instruction } from '../../src-main/engine/compile/program.ts'
import { ewFunctions, packedSize, precisions } from '../../src-main/engine/compile/program.ts'
import { compare, isas, native } from './backends.ts'
import { call, dense, loop, op, strided } from './programs.ts'
import { arena } from './random.ts'

type Arena = ReturnType<typeof arena>
const runs = { seed: 7, numRuns: 150 }
const dims = [0, 1, 2, 3, 5, 6, 7, 8, 9, 13, 16, 17, 31, 33, 64, 65]

/** Wraps calls into random loops; `build` gets their counts. */
function looped(a: Arena, build: (counts: number[]) => Instruction[]): Instruction[] {
  const counts = Array.from({ length: a.below(3) }, () => 1 + a.below(3))
  return counts.reduceRight((body, count) => [loop(count, body, a.below(2) === 0)], build(counts))
}

const kernels: Record<
  Exclude<Call['kernel'], 'pack'>,
  /** terms: how many numbers a sum may add up. */
  (a: Arena) => { code: Instruction[]; memory: Float32Array; terms?: number }
> = {
  ew(a) {
    const shape = Array.from({ length: a.below(5) }, () =>
      a.below(2) ? 1 + a.below(9) : dims[1 + a.below(12)]!,
    )
    const code = looped(a, (counts) => {
      const ins = Array.from({ length: 1 + a.below(3) }, () => a.view(shape, counts, true))
      const usable = ewFunctions.filter(
        (fn) => !['const', 'exp', 'log', 'gt', 'ge', 'eq', 'floor'].includes(fn),
      )
      const ops = Array.from({ length: a.below(6) }, (_, k) => {
        const r = () => a.below(ins.length + k)
        return a.below(6)
          ? op(usable[a.below(usable.length)]!, r(), r(), r(), a.below(9))
          : op('const', 0, 0, 0, 0.75)
      })
      const outs = Array.from({ length: 1 + a.below(2) }, () => a.view(shape, counts))
      const first = ins[0]!
      if (a.below(3) === 0 && first.strides.every(Boolean) && first.loop.every(Boolean)) outs[0] = first
      return [call('ew', outs, ins, { code: ops, results: outs.map(() => a.below(ins.length + ops.length)) })]
    })
    return { code, memory: a.values() }
  },
  gemm(a) {
    const [M, N, K] = [0, 0, 0].map(() => dims[a.below(dims.length)]!) as [number, number, number]
    const clear: Instruction[] = [] // of packed panels, whose layout belongs to each executor
    const code = looped(a, (counts) => {
      const out = a.view([M, N], counts)
      const b = a.view([K, N], counts, true)
      const c = a.below(3) ? [a.view([M, N], counts, true)] : []
      if (a.below(4) === 0) c[0] = out
      const left = a.view([M, K], counts, true)
      const precision = precisions[Math.max(0, a.below(5) - 2)]!
      if (a.below(2)) return [call('gemm', [out], [left, b, ...c], { precision })]
      const panels = a.view([packedSize(K, N, precision)])
      panels.strides = [1]
      clear.push(call('ew', [panels], [], { code: [op('const')], results: [0] }))
      const packed = strided(panels.offset, [K, N], [N, 1])
      return [
        call('pack', [panels], [b], { precision }),
        call('gemm', [out], [left, packed, ...c], { packed: 1, precision }),
      ]
    })
    code.push(...clear)
    return { code, memory: a.values() }
  },
  sum: (a) => reduction(a, 'sum'),
  max: (a) => reduction(a, 'max'),
  dot: (a) => reduction(a, 'dot'),
  softmax: (a) => rows(a, 'softmax'),
  logSoftmax: (a) => rows(a, 'logSoftmax'),
  crossEntropy: (a) => rows(a, 'crossEntropy'),
  crossEntropyGrad: (a) => rows(a, 'crossEntropyGrad'),
  gather: (a) => lookup(a, 'gather'),
  scatterAdd: (a) => lookup(a, 'scatterAdd'),
  oneHot: (a) => lookup(a, 'oneHot'),
}

/** Sums with and without an addend, which may lie where the result goes. */
function reduction(a: Arena, kernel: 'sum' | 'max' | 'dot') {
  const shape = Array.from({ length: a.below(5) }, () => dims[a.below(12)]!)
  const kept = a.below(shape.length + 1)
  const added = kernel === 'max' ? 0 : a.below(3)
  const code = looped(a, (counts) => {
    const out = a.view(shape.slice(0, kept), counts)
    const factors = Array.from({ length: kernel === 'dot' ? 2 : 1 }, () => a.view(shape, counts, true))
    const c = [[], [out], [a.view(shape.slice(0, kept), counts, true)]][added]!
    return [call(kernel, [out], [...factors, ...c])]
  })
  return { code, memory: a.values(), terms: 9 * shape.reduce((n, d) => n * d, 1) }
}

function rows(a: Arena, kernel: 'softmax' | 'logSoftmax' | 'crossEntropy' | 'crossEntropyGrad') {
  const [M, V] = [dims[a.below(10)]!, dims[1 + a.below(dims.length - 1)]!]
  const ids = a.view([M])
  const code = looped(a, (counts) => {
    const logits = a.view([M, V], counts, true)
    if (kernel === 'crossEntropy') return [call(kernel, [a.view([M], counts)], [logits, ids])]
    const more = kernel === 'crossEntropyGrad' ? [ids, a.view([M], counts, true)] : []
    return [call(kernel, [a.view([M, V], counts)], [logits, ...more])]
  })
  const memory = a.values(6)
  a.writeIds(memory, ids, V)
  return { code, memory }
}

function lookup(a: Arena, kernel: 'gather' | 'scatterAdd' | 'oneHot') {
  const [M, V, E] = [dims[a.below(10)]!, dims[1 + a.below(9)]!, dims[a.below(dims.length)]!]
  const ids = a.view([M])
  const code = looped(a, (counts) => {
    if (kernel === 'oneHot') return [call(kernel, [a.view([M, V], counts)], [ids])]
    const [from, to] = kernel === 'gather' ? [V, M] : [M, V]
    const base = kernel === 'gather' && a.below(2) === 1 ? [a.view([M, E], counts, true)] : []
    return [call(kernel, [a.view([to, E], counts)], [a.view([from, E], counts, true), ids, ...base])]
  })
  const memory = a.values()
  a.writeIds(memory, ids, V)
  return { code, memory }
}

describe.each(isas)('%s', (isa) => {
  const executor = native(isa)

  it.each(Object.keys(kernels) as (keyof typeof kernels)[])(
    '%s equals the reference on random layouts',
    (kernel) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
          const a = arena(seed)
          const { code, memory, terms = 0 } = kernels[kernel](a)
          const tolerance = {
            absolute:
              { sum: 1e-7 * (a.size() + terms), dot: 4e-7 * (a.size() + terms), gemm: 1e-5 }[
                kernel as string
              ] ?? 3e-6,
          }
          expect(compare(executor, a.size(), code, memory, tolerance)).toBeNull()
        }),
        runs,
      )
    },
  )

  it.each([
    [64, 80, 512],
    [1, 300, 257],
    [2, 130, 70],
    [3, 66, 600],
    [13, 50, 300],
    [195, 130, 520],
    [195, 33, 31],
    [5, 3, 2000],
    [40, 1, 300],
    [1, 1, 1000],
    [13, 530, 512], // of so many weights, panels are asked for early
  ])('gemm %i x %i x %i, in every layout', (M, N, K) => {
    const [a, b, c, out] = [0, M * K, M * K + K * N, M * K + K * N + N]
    const panels = Math.ceil((out + M * N) / 16) * 16
    const size = panels + K * Math.ceil(N / 64) * 64
    const memory = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + (i % 13)))
    const lefts = [dense(a, [M, K]), strided(a, [M, K], [1, M])]
    const rights = [dense(b, [K, N]), strided(b, [K, N], [1, K])]
    const outs = [dense(out, [M, N]), strided(out, [M, N], [1, M])]
    const tolerance = { relative: 1e-5, absolute: 2e-7 * K }
    for (const left of lefts) {
      for (const right of rights) {
        for (const to of outs) {
          const bias = strided(c, [M, N], [0, 1])
          const packed = strided(panels, [K, N], [0, 0])
          const programs = [
            [call('gemm', [to], [left, right])],
            [call('gemm', [to], [left, right, bias]), call('gemm', [to], [left, right, to])],
            [
              call('pack', [dense(panels, [size - panels])], [right]),
              call('gemm', [to], [left, packed, bias], { packed: 1 }),
            ],
          ]
          for (const code of programs) {
            const got = compare(executor, size, unpacked(code, panels), memory, tolerance)
            expect(got).toBeNull()
          }
        }
      }
    }
  })

  it('multiplies rows that lie pages apart', () => {
    const [M, N, K, ld] = [20, 512, 515, 1024]
    const [b, out] = [M * ld, M * ld + K * N]
    const memory = Float32Array.from({ length: out + M * N }, (_, i) => Math.sin(i * 0.7))
    const code = [call('gemm', [dense(out, [M, N])], [strided(0, [M, K], [ld, 1]), dense(b, [K, N])])]
    expect(compare(executor, memory.length, code, memory, { absolute: 1e-4 })).toBeNull()
  })

  it.each([
    ['sum', [1, 100000], [100000, 1]],
    ['sum', [70, 3000], [1, 70]],
    ['sum', [3, 5000], [5000, 1]],
    ['sum', [1, 9000], [1, 3]],
    ['dot', [3, 5000], [5000, 1]],
    ['dot', [70, 3000], [1, 70]],
    ['max', [2, 20000], [20000, 1]],
    ['max', [9, 2000], [1, 9]],
  ] as const)('%s of %j elements', (kernel, [keep, reduced], strides) => {
    const span = keep * reduced * 3
    const memory = Float32Array.from({ length: span + keep }, (_, i) => Math.sin(i * 0.7))
    const x = strided(0, [keep, reduced], [...strides])
    const code = [call(kernel, [dense(span, [keep])], kernel === 'dot' ? [x, x] : [x])]
    expect(compare(executor, span + keep, code, memory, { absolute: 1e-5 * Math.sqrt(reduced) })).toBeNull()
  })
})

/** Clears what `pack` wrote: its layout belongs to each executor. */
function unpacked(code: Instruction[], panels: number): Instruction[] {
  const pack = code[0] as Call
  if (pack.kernel !== 'pack') return code
  const all = dense(panels, [pack.outs[0]!.shape[0]!])
  return [...code, call('ew', [all], [], { code: [op('const')], results: [0] })]
}
