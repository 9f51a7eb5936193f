// The native elementary functions against f64: error in ulp over their whole range, infinities, NaN, and values that end in 0.
import { describe, expect, it } from 'vitest'
import type { EwFunction } from '../../src-main/engine/compile/program.ts'
import { isas, native } from './backends.ts'
import { dense, execute, ew1, programOf } from './programs.ts'

/** fn over every value of xs, natively. */
function apply(isa: string, fn: EwFunction, ...inputs: number[][]): number[] {
  const n = inputs[0]!.length
  const views = inputs.map((_, i) => dense(i * n, [n]))
  const out = dense(inputs.length * n, [n])
  const memory = [...inputs.flat(), ...new Array<number>(n).fill(-7)]
  return execute(native(isa), programOf(memory.length, [ew1(fn, out, views)]), memory).slice(
    inputs.length * n,
  )
}

const bits = new Float32Array(1)
const word = new Int32Array(bits.buffer)
/** Position of an f32 on the line of all floats. */
function order(x: number): number {
  bits[0] = x
  return word[0]! < 0 ? -(word[0]! & 0x7fffffff) : word[0]!
}

/** f32 values spread over [low, high]: evenly, and by powers of two around 0. */
function spread(low: number, high: number): number[] {
  const even = Array.from({ length: 20000 }, (_, i) => low + ((high - low) * i) / 19999)
  const powers = Array.from({ length: 6000 }, (_, i) => 2 ** (-100 + i / 30))
  return [...even, ...powers, ...powers.map((x) => -x)].filter((x) => x >= low && x <= high).map(Math.fround)
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const functions: [EwFunction, (x: number) => number, number, number][] = [
  ['exp', Math.exp, -87.3, 88.7],
  ['log', Math.log, 2 ** -126, 3e38],
  ['tanh', Math.tanh, -40, 40],
  ['sigmoid', sigmoid, -87, 100],
  ['sqrt', Math.sqrt, 0, 3e38],
]

describe.each(isas)('%s', (isa) => {
  it.each(functions)('%s is within 4 ulp', (fn, exact, low, high) => {
    const xs = spread(low, high)
    const got = apply(isa, fn, xs)
    const errors = xs.map((x, i) => Math.abs(order(got[i]!) - order(Math.fround(exact(x)))))
    const worst = errors.indexOf(Math.max(...errors.map((e) => (Number.isNaN(e) ? Infinity : e))))
    expect(errors[worst], `${fn}(${xs[worst]}) = ${got[worst]}`).toBeLessThanOrEqual(4)
  })

  const inf = Infinity
  it.each([
    ['exp', [-inf, -200, 0, 89, inf, NaN], [0, 0, 1, inf, inf, NaN]],
    ['log', [-1, 0, -0, 1, inf, NaN, -inf], [NaN, -inf, -inf, 0, inf, NaN, NaN]],
    ['tanh', [-inf, 0, 1e30, inf, NaN], [-1, 0, 1, 1, NaN]],
    ['sigmoid', [-inf, -200, 0, 200, inf, NaN], [0, 0, 0.5, 1, 1, NaN]],
    ['sqrt', [-1, 0, inf, NaN], [NaN, 0, inf, NaN]],
    ['relu', [-1, 0, 2, -inf, inf, NaN], [0, 0, 2, 0, inf, NaN]],
    ['abs', [-1, -inf, NaN], [1, inf, NaN]],
    ['neg', [-1, inf, NaN], [1, -inf, NaN]],
    ['floor', [-1.5, 1.5, -3e9, 8388609, inf, NaN, -0.25], [-2, 1, -3e9, 8388609, inf, NaN, -1]],
  ] as [EwFunction, number[], number[]][])('%s at the edges', (fn, xs, expected) => {
    expect(apply(isa, fn, xs)).toEqual(expected)
  })

  it.each([
    ['max', [NaN, 1, inf, -inf, 2], [1, NaN, NaN, 3, inf], [NaN, NaN, NaN, 3, inf]],
    ['min', [NaN, 1, inf, -inf, 2], [1, NaN, NaN, 3, inf], [NaN, NaN, NaN, -inf, 2]],
    ['gt', [NaN, 1, 2, inf], [1, NaN, 1, inf], [0, 0, 1, 0]],
    ['ge', [NaN, 1, 2, inf], [1, NaN, 3, inf], [0, 0, 0, 1]],
    ['eq', [NaN, 1, 2, inf], [NaN, 1, 3, inf], [0, 1, 0, 1]],
    ['div', [1, 0, -1, inf], [0, 0, 0, inf], [inf, NaN, -inf, NaN]],
  ] as [EwFunction, number[], number[], number[]][])('%s of two at the edges', (fn, a, b, expected) => {
    expect(apply(isa, fn, a, b)).toEqual(expected)
  })

  it('selects by anything but 0, NaN included, and keeps NaN in either branch', () => {
    const got = apply(isa, 'select', [0, -0, NaN, 2, 1, 0], [1, 1, 1, 1, NaN, 1], [5, 5, 5, 5, 5, NaN])
    expect(got).toEqual([5, 5, 1, 1, NaN, NaN])
  })

  it('rounds fma once', () => {
    const x = 1 + 2 ** -12
    expect(apply(isa, 'fma', [x], [x], [-1 - 2 ** -11])).toEqual([2 ** -24])
  })

  it('counts subnormal numbers as 0 in a run and leaves the caller as it was', () => {
    expect(apply(isa, 'mul', [2 ** -100, 2 ** -130], [2 ** -30, 1])).toEqual([0, 0])
    expect(Math.fround(2 ** -130) * 2).toBe(2 ** -129)
  })
})
