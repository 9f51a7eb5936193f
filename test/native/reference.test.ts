// The reference executor against results worked out by hand: the meaning of every kernel on one small case each.
import { describe, expect, it } from 'vitest'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import { uniformAt } from '../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { call, dense, execute, ew1, loop, op, programOf, seeded, strided } from './programs.ts'

const reference = referenceExecutor()
/** Runs over `memory`, returns the elements from `first` on. */
const after = (first: number, memory: number[], ...code: Instruction[]) =>
  execute(reference, programOf(memory.length, code), memory).slice(first)
const zeros = (n: number) => new Array<number>(n).fill(0)

const { exp, log } = Math
const p = (x: number, row: number[]) => exp(x) / row.reduce((sum, y) => sum + exp(y), 0)

describe('reference kernels', () => {
  it('runs a fused elementwise chain with a broadcast row and two results', () => {
    const x = [1, 2, 3, 4, 5, 6]
    const got = after(
      9,
      [...x, 10, 20, 30, ...zeros(12)],
      call('ew', [dense(9, [2, 3]), dense(15, [2, 3])], [dense(0, [2, 3]), strided(6, [2, 3], [0, 1])], {
        code: [op('add', 0, 1), op('neg', 2), op('fma', 0, 1, 3)],
        results: [2, 4],
      }),
    )
    const row = [10, 20, 30, 10, 20, 30]
    expect(got.slice(0, 6)).toEqual(x.map((v, i) => v + row[i]!))
    expect(got.slice(6)).toEqual(x.map((v, i) => v * row[i]! - (v + row[i]!)))
  })

  it('updates in place and copies a transposed view', () => {
    expect(after(0, [1, 2, 3], ew1('mul', dense(0, [3]), [dense(0, [3])]))).toEqual([1, 4, 9])
    const copy = call('ew', [dense(6, [3, 2])], [strided(0, [3, 2], [1, 3])], { results: [0] })
    expect(after(6, [1, 2, 3, 4, 5, 6, ...zeros(6)], copy)).toEqual([1, 4, 2, 5, 3, 6])
  })

  it.each([
    ['max', [NaN, 1], NaN],
    ['max', [1, NaN], NaN],
    ['min', [1, NaN], NaN],
    ['relu', [NaN, 0], NaN],
    ['relu', [-1, 0], 0],
    ['gt', [NaN, 1], 0],
    ['ge', [2, 2], 1],
    ['eq', [2, 2], 1],
    ['sigmoid', [-Infinity, 0], 0],
    ['sigmoid', [0, 0], 0.5],
    ['tanh', [Infinity, 0], 1],
    ['floor', [-1.5, 0], -2],
    ['sqrt', [9, 0], 3],
    ['abs', [-3, 0], 3],
    ['div', [1, 0], Infinity],
  ] as const)('%s of %s is %s', (fn, [a, b], expected) => {
    expect(after(2, [a, b, 7], ew1(fn, dense(2, [1]), [dense(0, [1]), dense(1, [1])]))).toEqual([expected])
  })

  it('selects by a condition that is not zero', () => {
    const select = ew1('select', dense(6, [2]), [dense(0, [2]), dense(2, [2]), dense(4, [2])])
    expect(after(6, [0, 1, 10, 11, 20, 21, 0, 0], select)).toEqual([20, 11])
  })

  it('draws the uniform numbers of its stream, iteration and index', () => {
    const body = call('ew', [dense(0, [2], [6, 2])], [], { code: [op('uniform', 0, 0, 0, 77)], results: [0] })
    const got = after(0, zeros(12), loop(2, [loop(3, [body])]))
    expect(got).toEqual(Array.from(got, (_, i) => uniformAt(seeded, 77, Math.floor(i / 2), i % 2)))
    expect(new Set(got).size).toBe(12)
  })

  it('multiplies, transposed and packed, with a broadcast addend', () => {
    const [a, b] = [
      [1, 2, 3, 4, 5, 6],
      [1, 0, 2, 1, 0, 3],
    ]
    const memory = [...a, ...b, 100, 200, ...zeros(4), ...zeros(192)]
    const bias = strided(12, [2, 2], [0, 1])
    const plain = call('gemm', [dense(14, [2, 2])], [dense(0, [2, 3]), dense(6, [3, 2]), bias])
    expect(after(14, memory, plain).slice(0, 4)).toEqual([105, 211, 114, 223])
    const transposed = call(
      'gemm',
      [dense(14, [2, 2])],
      [strided(0, [2, 3], [1, 2]), strided(6, [3, 2], [1, 3])],
    )
    expect(after(14, memory, transposed).slice(0, 4)).toEqual([11, 16, 14, 20])
    const packed = call('gemm', [dense(14, [2, 2])], [dense(0, [2, 3]), dense(18, [3, 2])], { packed: 1 })
    const pack = call('pack', [dense(18, [192])], [strided(6, [3, 2], [1, 3])])
    expect(after(14, memory, pack, packed).slice(0, 4)).toEqual([7, 10, 16, 22])
  })

  it('adds the product to its own output', () => {
    const gemm = call('gemm', [dense(2, [1, 1])], [dense(0, [1, 1]), dense(1, [1, 1]), dense(2, [1, 1])])
    expect(after(2, [2, 3, 1], loop(3, [gemm]))).toEqual([19])
  })

  it('reduces the trailing dimensions', () => {
    const memory = [1, 2, 3, 4, 5, NaN, 0, 0]
    expect(after(6, memory, call('sum', [dense(6, [2])], [dense(0, [2, 3])]))).toEqual([6, NaN])
    expect(after(6, memory, call('max', [dense(6, [2])], [strided(0, [2, 2], [1, 2])]))).toEqual([3, 4])
    expect(after(6, memory, call('sum', [dense(6, [])], [dense(0, [5])])).slice(0, 1)).toEqual([15])
    const [ones, twos, c] = [strided(0, [2, 2], [0, 0]), dense(1, [2, 2]), dense(3, [2])]
    expect(after(6, memory, call('sum', [dense(6, [2])], [twos, c]))).toEqual([9, 14])
    expect(after(6, memory, call('dot', [dense(6, [2])], [twos, twos]))).toEqual([13, 41])
    expect(after(6, memory, call('dot', [dense(6, [2])], [ones, twos, c]))).toEqual([9, 14])
  })

  it('normalises rows and takes the cross-entropy with its gradient', () => {
    const row = [0, 1, 3]
    const memory = [...row, ...row, 2, -1, 5, 5, ...zeros(6)]
    const [logits, ids, g] = [dense(0, [2, 3]), dense(6, [2]), dense(8, [2])]
    expect(after(10, memory, call('softmax', [dense(10, [2, 3])], [logits]))[1]).toBeCloseTo(p(1, row), 14)
    expect(after(10, memory, call('logSoftmax', [dense(10, [2, 3])], [logits]))[5]).toBeCloseTo(
      log(p(3, row)),
      14,
    )
    const loss = after(10, memory, call('crossEntropy', [dense(10, [2])], [logits, ids]))
    expect(loss[0]).toBeCloseTo(-log(p(3, row)), 14)
    expect(loss[1]).toBe(0)
    const grad = after(10, memory, call('crossEntropyGrad', [dense(10, [2, 3])], [logits, ids, g]))
    const expected = [5 * p(0, row), 5 * p(1, row), 5 * (p(3, row) - 1), 0, 0, 0]
    grad.forEach((d, i) => expect(d).toBeCloseTo(expected[i]!, 14))
  })

  it('looks rows up, adds them back and encodes one-hot; -1 is no row, too large is NaN', () => {
    const table = [1, 2, 3, 4]
    const memory = [...table, 1, -1, 1, 2, ...zeros(8)]
    const ids = dense(4, [4])
    const rows = after(8, memory, call('gather', [dense(8, [4, 2])], [dense(0, [2, 2]), ids]))
    expect(rows).toEqual([3, 4, 0, 0, 3, 4, NaN, NaN])
    const above = after(
      8,
      memory,
      call('gather', [dense(8, [4, 2])], [dense(0, [2, 2]), ids, strided(0, [4, 2], [0, 1])]),
    )
    expect(above).toEqual(rows.map((x, i) => x + memory[i % 2]!))
    const added = after(8, memory, call('scatterAdd', [dense(8, [2, 2])], [strided(0, [4, 2], [0, 1]), ids]))
    expect(added.slice(0, 4)).toEqual([0, 0, 2, 4])
    const hot = after(8, memory, call('oneHot', [dense(8, [4, 2])], [ids]))
    expect(hot).toEqual([0, 1, 0, 0, 0, 1, NaN, NaN])
  })
})

describe('reference loops', () => {
  const accumulate = (outLoop: number[], inLoop: number[]) =>
    ew1('add', dense(0, [1], outLoop), [dense(0, [1], inLoop), dense(10, [1], outLoop)])

  it('moves views forwards and backwards', () => {
    const shifted = (reverse: boolean) =>
      loop(3, [ew1('add', dense(1, [1], [1]), [dense(0, [1], [1]), dense(1, [1], [1])])], reverse)
    expect(after(0, [1, 1, 1, 1], shifted(false))).toEqual([1, 2, 3, 4])
    expect(after(0, [1, 1, 1, 1], shifted(true))).toEqual([1, 2, 2, 2])
  })

  it('ends between two iterations when cancelled', () => {
    const executable = reference.load(programOf(20, [loop(3, [accumulate([], [])])]))
    executable.write('all', zeros(20))
    expect(executable.run({ ...seeded, cancel: Int32Array.of(1) })).toBe(false)
    expect(executable.run({ ...seeded, cancel: Int32Array.of(0) })).toBe(true)
  })

  it('names the slots it has', () => {
    const executable = reference.load(programOf(2, []))
    expect(() => executable.read('al')).toThrow(/no slot "al"; it has all/)
    expect(() => executable.write('all', [1])).toThrow(/takes 2 values, not 1/)
  })
})
