// What the native core does to the code of an elementwise call when it loads it must not show in a single bit: pairs of operations in one
// walk, guarded calls that are left out.
import { describe, expect, it } from 'vitest'
import type { EwFunction } from '../../src-main/engine/compile/program.ts'
import { isas, native } from './backends.ts'
import { call, dense, execute, op, programOf, strided } from './programs.ts'

const f = Math.fround
const sums: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => f(a + b),
  sub: (a, b) => f(a - b),
  mul: (a, b) => f(a * b),
}
const names = Object.keys(sums) as EwFunction[]
const pairs = names.flatMap((inner) =>
  names.flatMap((outer) => [0, 1].map((side) => ({ inner, outer, side }))),
)
const numbers = (n: number, seed: number) =>
  Float32Array.from({ length: n }, (_, i) => 3 * Math.sin(1 + i * 0.7391 + seed * i * i))

describe.each(isas)('%s', (isa) => {
  it.each([5, 100])('rounds both operations of every pair, %i elements', (n) => {
    const memory = Float32Array.from([
      ...numbers(n, 1),
      ...numbers(n, 2),
      ...numbers(n, 3),
      ...new Array<number>(n).fill(0),
    ])
    for (const { inner, outer, side } of pairs) {
      // Also with one value for all as second or third operand.
      for (const repeated of [-1, 1, 2]) {
        const at = (k: number) => (k === repeated ? strided(k * n, [n], [0]) : dense(k * n, [n]))
        const code = [op(inner, 0, 1), side === 0 ? op(outer, 3, 2) : op(outer, 2, 3)]
        const got = execute(
          native(isa),
          programOf(4 * n, [call('ew', [dense(3 * n, [n])], [0, 1, 2].map(at), { code, results: [4] })]),
          memory,
        ).slice(3 * n)
        const value = (k: number, i: number) => memory[k * n + (k === repeated ? 0 : i)]!
        const expected = got.map((_, i) => {
          const t = sums[inner]!(value(0, i), value(1, i))
          return side === 0 ? sums[outer]!(t, value(2, i)) : sums[outer]!(value(2, i), t)
        })
        expect(got, `${inner} ${outer} ${side} ${repeated}`).toEqual(expected)
      }
    }
  })

  it('keeps what is read twice, is a result, or pairs along a chain', () => {
    const n = 40
    const memory = Float32Array.from([
      ...numbers(n, 1),
      ...numbers(n, 2),
      ...new Array<number>(3 * n).fill(0),
    ])
    const [a, b] = [dense(0, [n]), dense(n, [n])]
    // r2 = a*b (read twice), r3 = r2+a (a result), r4 = r3*2, r5 = r4-b, r6 = r5+r2, r7 = r6*r6
    const code = [
      op('mul', 0, 1),
      op('add', 2, 0),
      op('const', 0, 0, 0, 2),
      op('mul', 3, 4),
      op('sub', 5, 1),
      op('add', 6, 2),
      op('mul', 7, 7),
    ]
    const outs = [dense(2 * n, [n]), dense(3 * n, [n]), dense(4 * n, [n])]
    const got = execute(
      native(isa),
      programOf(5 * n, [call('ew', outs, [a, b], { code, results: [3, 8, 7] })]),
      memory,
    )
    for (let i = 0; i < n; i++) {
      const [x, y] = [memory[i]!, memory[n + i]!]
      const product = f(x * y)
      const sum = f(product + x)
      const last = f(f(f(sum * 2) - y) + product)
      expect([got[2 * n + i], got[3 * n + i], got[4 * n + i]]).toEqual([sum, f(last * last), last])
    }
  })

  it.each([5, 100])('writes nothing where a scalar guard is 0, all where it is not, %i elements', (n) => {
    const build = (share: boolean) =>
      call(
        'ew',
        [dense(0, [n]), dense(n, [n])],
        [dense(0, [n]), dense(n, [n]), strided(2 * n, [n], [0]), strided(2 * n + 1, [n], [0])],
        {
          code: [op('add', 0, 1), op('mul', 4, 1), op('select', 2, 4, 0), op('select', share ? 2 : 3, 5, 1)],
          results: [6, 7],
        },
      )
    for (const share of [true, false]) {
      for (const [first, second] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [NaN, NaN],
        [-2, 3],
      ] as const) {
        const memory = Float32Array.from([...numbers(n, 1), ...numbers(n, 2), first, second])
        const got = execute(native(isa), programOf(2 * n + 2, [build(share)]), memory)
        const expected = Array.from(memory)
        for (let i = 0; i < n; i++) {
          const sum = f(memory[i]! + memory[n + i]!)
          if (first !== 0) expected[i] = sum
          if ((share ? first : second) !== 0) expected[n + i] = f(sum * memory[n + i]!)
        }
        expect(got).toEqual(expected)
      }
    }
  })

  it('does not take for a guard what differs between elements', () => {
    const n = 64
    const memory = Float32Array.from({ length: 2 * n }, (_, i) => (i < n ? i : i % 3))
    const code = [op('neg', 0), op('select', 1, 2, 0)]
    const got = execute(
      native(isa),
      programOf(2 * n, [call('ew', [dense(0, [n])], [dense(0, [n]), dense(n, [n])], { code, results: [3] })]),
      memory,
    )
    expect(got.slice(0, n)).toEqual(Array.from({ length: n }, (_, i) => ((n + i) % 3 === 0 ? i : -i)))
  })
})
