// Precision travels from the spec to every product and every packed factor, in and around loops; the reference gives it its meaning.
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { callsOf, packedSize, type Precision } from '../../../src-main/engine/compile/program.ts'
import { add, input, matmul, state, tanh } from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import { lowerBfloat16, roundToBfloat16 } from '../../../src-main/engine/run/bfloat16.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'

const [T, B, H] = [20, 2, 5]

/** h_t = tanh(h_{t-1} W + x_t U) over T steps, and h_T V behind the loop. */
function recurrence(precision?: Precision) {
  const xU = matmul(input('x', [T, B, H]), state('u', [H, H]))
  const w = state('w', [H, H])
  const { state: final } = scan({ xs: [xU], init: [input('h0', [B, H])] }, ([xt], [h]) => ({
    state: [tanh(add(matmul(h!, w), xt!))],
    ys: [],
  }))
  const y = matmul(final[0]!, state('v', [H, H]))
  return compile({ outputs: { y }, ...(precision && { precision }) })
}

const wave = (n: number, phase: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.3 + phase))
function run(precision?: Precision) {
  const executable = referenceExecutor().load(recurrence(precision))
  for (const name of ['u', 'w', 'v']) executable.write(name, wave(H * H, name.charCodeAt(0)))
  executable.write('x', wave(T * B * H, 1))
  executable.write('h0', wave(B * H, 2))
  executable.run({ seed: [1, 2], step: 0 })
  return Array.from(executable.read('y'))
}
const furthest = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))

describe('precision of a program', () => {
  it('is that of all products and packed factors, and f32 unless said', () => {
    const of = (precision?: Precision) =>
      new Set(callsOf(recurrence(precision).code).flatMap((c) => c.precision ?? []))
    expect(of('bf16')).toEqual(new Set(['bf16']))
    expect(of('bf16x3')).toEqual(new Set(['bf16x3']))
    expect(of()).toEqual(new Set(['f32']))
    const code = callsOf(recurrence('bf16').code)
    expect(code.map((c) => c.kernel)).toContain('pack')
    expect(code.filter((c) => c.kernel === 'gemm' || c.kernel === 'pack').every((c) => c.precision)).toBe(
      true,
    )
  })

  it('gives rounded factors room', () => {
    expect(packedSize(33, 65)).toBe(33 * 128)
    expect(packedSize(33, 65, 'bf16')).toBe(64 * 128)
    expect(packedSize(33, 65, 'bf16x3')).toBe(2 * 64 * 128)
  })

  it('costs about 2^-9 with bf16 and hardly anything with three products', () => {
    const exact = run()
    const rounded = furthest(run('bf16'), exact)
    expect(rounded).toBeGreaterThan(1e-4)
    expect(rounded).toBeLessThan(0.1)
    expect(furthest(run('bf16x3'), exact)).toBeLessThan(1e-4)
    expect(furthest(run('bf16x3'), exact)).toBeLessThan(rounded / 50)
  })
})

describe('bfloat16', () => {
  it.each([
    [1, 1],
    [1 + 2 ** -8, 1], // half-way: to the even neighbour
    [1 + 3 * 2 ** -8, 1 + 2 ** -6],
    [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
    [-1 - 2 ** -8, -1],
    [2 ** -130, 2 ** -130],
    [3.4e38, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
    [-0, -0],
  ])('of %d is %d', (x, rounded) => {
    expect(roundToBfloat16(x)).toBe(rounded)
  })

  it('leaves 2^-17 of a number to nobody', () => {
    for (const x of wave(500, 3)) {
      expect(Math.abs(roundToBfloat16(x) - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -8)
      expect(Math.abs(roundToBfloat16(x) + lowerBfloat16(x) - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -17)
    }
    expect(lowerBfloat16(Infinity)).toBeNaN()
  })
})
