// Products of rounded factors, natively against the reference: layouts, sizes around tiles, panels and blocks, infinities, threads.
// Where the machine has no matrix unit, its code runs over plain loops (avx2x16-amx).
import { describe, expect, it } from 'vitest'
import {
  packedSize,
  type Call,
  type Instruction,
  type Precision,
} from '../../src-main/engine/compile/program.ts'
import { addon, allIsas, difference, native, reference } from './backends.ts'
import { call, dense, execute, loop, op, programOf, strided } from './programs.ts'

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7 + (i % 13)))
const rounded = ['bf16', 'bf16x3'] as const

/** Places of a (M,K), b (K,N), a bias, out and panels on one arena. */
function places(M: number, N: number, K: number) {
  const [a, b, bias, out] = [0, M * K, M * K + K * N, M * K + K * N + N]
  const panels = Math.ceil((out + M * N) / 16) * 16
  const words = packedSize(K, N, 'bf16x3')
  return { a, b, bias, out, panels, words, size: panels + words }
}

/** out = a @ b + bias, then out += a @ b, with packed and plain b, and the panels cleared since they are private. */
function program([M, N, K]: readonly number[], layout: number, precision: Precision): Instruction[] {
  const at = places(M!, N!, K!)
  const matrix = (offset: number, rows: number, columns: number, turned: number) =>
    turned ? strided(offset, [rows, columns], [1, rows]) : dense(offset, [rows, columns])
  const left = matrix(at.a, M!, K!, layout & 1)
  const right = matrix(at.b, K!, N!, layout & 2)
  const out = matrix(at.out, M!, N!, layout & 4)
  const bias = strided(at.bias, [M!, N!], [0, 1])
  const packed = strided(at.panels, [K!, N!], [0, 0])
  return [
    call('pack', [dense(at.panels, [at.words])], [right], { precision }),
    call('gemm', [out], [left, packed, bias], { packed: 1, precision }),
    call('gemm', [out], [left, right, out], { precision }),
    call('ew', [dense(at.panels, [at.words])], [], { code: [op('const')], results: [0] }),
  ]
}

const shapes = [
  [64, 80, 512],
  [1, 300, 257],
  [2, 130, 70],
  [16, 16, 32],
  [17, 33, 31],
  [33, 65, 33],
  [7, 64, 545],
  [195, 70, 67],
  [200, 16, 1030],
  [40, 1, 300],
  [1, 1, 1],
] as const

describe.each(rounded)('%s', (precision) => {
  it.each(shapes)('%i x %i x %i equals the reference in every layout', (...shape) => {
    const { size } = places(...shape)
    const memory = wave(size)
    for (let layout = 0; layout < 8; layout++) {
      const code = program(shape, layout, precision)
      const expected = execute(reference, programOf(size, code), memory)
      for (const isa of allIsas) {
        const tolerance = { relative: 1e-5, absolute: 2e-7 * shape[2] }
        expect(difference(native(isa), size, code, memory, expected, tolerance)).toBeNull()
      }
    }
  })

  it.each(allIsas)('gives the same bits with 1, 2, 3 and 8 threads on %s', (isa) => {
    const shape = [230, 150, 600] as const
    const { size, out } = places(...shape)
    const runWith = (layout: number, threads: number) =>
      execute(native(isa, threads), programOf(size, program(shape, layout, precision)), wave(size)).slice(out)
    for (const layout of [0, 3]) {
      const one = runWith(layout, 1)
      for (const threads of [2, 3, 8]) expect(runWith(layout, threads)).toEqual(one)
    }
  })

  it.each(allIsas)('carries NaN and infinities to the sums of their rows and columns on %s', (isa) => {
    const [M, N, K] = [5, 20, 40]
    const { size, a, b, out } = places(M, N, K)
    const memory = wave(size)
    memory[a + 1 * K + 3] = Infinity
    memory[a + 2 * K + 4] = NaN
    memory[a + 3 * K] = 3.4e38 // beyond the largest bfloat16
    memory[b + 7 * N + 17] = -NaN
    const code = [call('gemm', [dense(out, [M, N])], [dense(a, [M, K]), dense(b, [K, N])], { precision })]
    const expected = execute(reference, programOf(size, code), memory)
    const got = execute(native(isa), programOf(size, code), memory)
    const kind = (x: number) => (Number.isNaN(x) ? NaN : Number.isFinite(x) ? 0 : x)
    expect(got.map(kind)).toEqual(expected.map(kind))
    const sums = got.slice(out, out + M * N)
    expect(sums.filter((_, i) => i < N && i !== 17).every(Number.isFinite)).toBe(true)
    expect(sums.slice(2 * N, 3 * N).every(Number.isNaN)).toBe(true)
    expect(sums.slice(3 * N, 4 * N).some(Number.isFinite)).toBe(false)
    for (let m = 0; m < M; m++) expect(sums[m * N + 17]).toBeNaN()
  })

  it.each(allIsas)('adds nothing where K is 0 on %s', (isa) => {
    const { size, out, bias } = places(3, 18, 0)
    const c = strided(bias, [3, 18], [0, 1])
    const code = [
      call('gemm', [dense(out, [3, 18])], [dense(0, [3, 0]), dense(0, [0, 18]), c], { precision }),
    ]
    const memory = wave(size)
    const got = execute(native(isa), programOf(size, code), memory)
    for (let m = 0; m < 3; m++)
      expect(got.slice(out + m * 18, out + m * 18 + 18)).toEqual(Array.from(memory.slice(bias, bias + 18)))
  })
})

it('rounds to the nearest, ties to even, and keeps what three products promise', () => {
  const x = 1 + 2 ** -8 + 2 ** -12 // bf16: 1 + 2^-7
  const code = (precision: Precision): Call[] => [
    call('gemm', [dense(2, [1, 1])], [dense(0, [1, 1]), dense(1, [1, 1])], { precision }),
  ]
  for (const isa of allIsas) {
    const product = (precision: Precision, a: number, b: number) =>
      execute(native(isa), programOf(3, code(precision)), [a, b, 0])[2]!
    expect(product('bf16', x, 3)).toBe(3 * (1 + 2 ** -7))
    expect(product('bf16', 1 + 2 ** -8, 3)).toBe(3)
    expect(product('bf16', 1 + 3 * 2 ** -8, -3)).toBe(-3 * (1 + 2 ** -6))
    expect(product('bf16x3', x, 3)).toBe(Math.fround(3 * x))
    expect(Math.abs(product('bf16x3', x, x) - x * x)).toBeLessThan(2 ** -15)
  }
})

it('keeps f32 as it was, beside rounded products in one loop', () => {
  const [M, N, K] = [9, 40, 33]
  const { size, a, b, out } = places(M, N, K)
  const products = (['bf16', 'f32', 'bf16x3', 'f32'] as const).map((precision) =>
    call('gemm', [dense(out, [M, N])], [dense(a, [M, K]), dense(b, [K, N]), dense(out, [M, N])], {
      precision,
    }),
  )
  const code = [loop(2, products)]
  const expected = execute(reference, programOf(size, code), wave(size))
  for (const isa of allIsas)
    expect(difference(native(isa), size, code, wave(size), expected, { absolute: 1e-4 })).toBeNull()
})

it('says how products of rounded factors are made', () => {
  expect(addon.rounded()).toMatch(allIsas[0]!.endsWith('-amx') ? /AMX/ : /f32 kernels/)
})
