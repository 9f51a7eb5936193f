// Malformed programs: each is refused with a RangeError that says why, and no word that is changed can crash or reach outside.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode, type EncodedProgram } from '../../src-main/engine/compile/encode.ts'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import { addon, allIsas } from './backends.ts'
import { call, dense, ew1, guard, loop, op, programOf, strided } from './programs.ts'

const load = (size: number, code: Instruction[]) => {
  const words = encode(programOf(size, code))
  return addon.load(words.code, words.consts, size)
}
const [a, b] = [dense(0, [2, 3]), dense(6, [3, 4])]

describe('refuses', () => {
  it.each<[string, Instruction[], RegExp]>([
    ['a view beyond the end', [ew1('neg', dense(90, [11]), [dense(0, [11])])], /leaves the arena/],
    ['a view before the start', [ew1('neg', dense(0, [5]), [strided(3, [5], [-1])])], /leaves the arena/],
    [
      'a view that leaves in the last iteration',
      [loop(10, [ew1('neg', dense(0, [5], [10]), [dense(9, [5], [10])])])],
      /leaves/,
    ],
    ['a view that moves with no loop', [ew1('neg', dense(0, [5], [1]), [dense(9, [5])])], /does not enclose/],
    [
      'an output over itself',
      [ew1('neg', strided(0, [5, 5], [1, 1]), [dense(50, [5, 5])])],
      /overlaps itself/,
    ],
    ['a broadcast output', [ew1('neg', strided(0, [5], [0]), [dense(50, [5])])], /overlaps itself/],
    ['shapes that differ', [ew1('neg', dense(0, [5]), [dense(9, [6])])], /one shape/],
    [
      'an operand that comes later',
      [call('ew', [dense(0, [5])], [], { code: [op('neg', 0)], results: [0] })],
      /operand/,
    ],
    [
      'a result out of range',
      [call('ew', [dense(0, [5])], [dense(5, [5])], { results: [1] })],
      /result register/,
    ],
    ['too few results', [call('ew', [dense(0, [5])], [dense(5, [5])])], /number of results/],
    ['an ew without output', [call('ew', [], [dense(5, [5])])], /number of outputs/],
    [
      'a stream that is no number',
      [call('ew', [dense(0, [5])], [], { code: [op('uniform', 0, 0, 0, 0.5)], results: [0] })],
      /stream/,
    ],
    [
      'a product that does not fit',
      [call('gemm', [dense(20, [2, 4])], [a, dense(6, [2, 4])])],
      /fit together/,
    ],
    ['a product of vectors', [call('gemm', [dense(20, [4])], [a, b])], /dimensions/],
    [
      'an addend of another shape',
      [call('gemm', [dense(20, [2, 4])], [a, b, dense(0, [4, 2])])],
      /fit together/,
    ],
    ['a product of four', [call('gemm', [dense(20, [2, 4])], [a, b, b, b])], /number of inputs/],
    ['panels beyond the end', [call('pack', [dense(20, [12])], [b])], /panels/],
    [
      'packed b beyond the end',
      [call('gemm', [dense(20, [2, 4])], [a, dense(30, [3, 4])], { packed: 1 })],
      /panels/,
    ],
    ['a packed sum', [call('sum', [dense(20, [2])], [a], { packed: 1 })], /packed flag/],
    ['a rounded sum', [call('sum', [dense(20, [2])], [a], { precision: 'bf16' })], /packed flag/],
    ['a packing of panels', [call('pack', [dense(0, [100])], [b], { packed: 1 })], /packed flag/],
    [
      'rounded panels beyond the end, where those of f32 would fit',
      [call('pack', [dense(0, [64])], [dense(64, [1, 4])], { precision: 'bf16' })],
      /panels/,
    ],
    [
      'a packed b with low parts beyond the end',
      [call('gemm', [dense(0, [2, 1])], [a, dense(10, [3, 1])], { packed: 1, precision: 'bf16x3' })],
      /panels/,
    ],
    ['a sum that keeps another shape', [call('sum', [dense(20, [3])], [a])], /fit together/],
    ['a dot of two shapes', [call('dot', [dense(20, [2])], [a, dense(50, [3, 2])])], /fit together/],
    ['a sum added to another shape', [call('sum', [dense(20, [2])], [a, dense(50, [3])])], /fit together/],
    ['code in a sum', [call('sum', [dense(20, [2])], [a], { results: [0] })], /results/],
    ['ids of another length', [call('gather', [dense(20, [4, 3])], [a, dense(50, [5])])], /fit together/],
    ['crossEntropy without ids', [call('crossEntropy', [dense(20, [2])], [a])], /number of inputs/],
    [
      'loops too deep',
      [Array.from({ length: 9 }).reduce<Instruction>((body) => loop(1, [body]), ew1('neg', a, [a]))],
      /deeper/,
    ],
    [
      'guards too deep',
      [Array.from({ length: 17 }).reduce<Instruction>((body) => guard(a, [body]), ew1('neg', a, [a]))],
      /deeper/,
    ],
    ['a guard that looks beyond the end', [guard(dense(95, [6]), [])], /leaves the arena/],
    [
      'a guard that leaves in the last iteration',
      [loop(10, [guard(dense(9, [5], [10]), [])])],
      /leaves the arena/,
    ],
    [
      'a bad call that a guard never runs',
      [guard(dense(0, [0]), [ew1('neg', dense(90, [11]), [dense(0, [11])])])],
      /leaves the arena/,
    ],
    [
      'a bad call instead of a guarded one',
      [guard(dense(0, [1]), [], [ew1('neg', dense(90, [11]), [dense(0, [11])])])],
      /leaves the arena/,
    ],
    ['a huge view', [call('sum', [dense(20, [])], [strided(0, [2e9, 2e9], [0, 0])])], /2\^40/],
  ])('%s', (_, code, message) => {
    expect(() => load(100, code)).toThrow(RangeError)
    expect(() => load(100, code)).toThrow(message)
  })

  it('a program that ends too early or says a wrong length', () => {
    const negate = ew1('neg', dense(0, [5]), [dense(9, [5])])
    for (const whole of [negate, guard(dense(0, [5]), [negate], [negate])]) {
      const { code, consts } = encode(programOf(20, [whole]))
      for (let n = 1; n < code.length; n++)
        expect(() => addon.load(code.slice(0, n), consts, 20)).toThrow(RangeError)
      expect(() => addon.load(Int32Array.of(...code, 1), consts, 20)).toThrow(RangeError)
    }
  })

  it('nothing that is empty', () => {
    load(0, [])
    load(10, [
      ew1('neg', dense(10, [0]), [dense(0, [0])]),
      loop(0, [ew1('neg', dense(0, [10]), [dense(0, [10])])]),
    ])
  })
})

/** One of everything, small enough that any change of a word still runs in no time. */
const everything = (() => {
  const [row, ids] = [dense(60, [2]), dense(62, [2])]
  return encode(
    programOf(3000, [
      call('pack', [dense(100, [192])], [b]),
      loop(3, [
        loop(2, [
          call(
            'ew',
            [dense(20, [2, 4], [8, 0]), dense(70, [2, 4])],
            [strided(0, [2, 4], [1, 0], [0, 1]), dense(70, [2, 4])],
            {
              code: [op('const', 0, 0, 0, 0.5), op('fma', 0, 1, 2), op('uniform', 0, 0, 0, 4), op('tanh', 3)],
              results: [5, 4],
            },
          ),
          call('gemm', [dense(20, [2, 4])], [a, dense(100, [3, 4]), strided(0, [2, 4], [0, 1])], {
            packed: 1,
          }),
        ]),
        call('gemm', [strided(20, [2, 4], [1, 2])], [strided(0, [2, 3], [1, 2]), strided(6, [3, 4], [1, 3])]),
      ]),
      loop(2, [
        guard(
          strided(0, [2, 2], [3, 1], [1]),
          [ew1('neg', dense(20, [5]), [dense(0, [5], [2])])],
          [guard(dense(3, []), [ew1('abs', dense(20, [5]), [dense(0, [5], [2])])])],
        ),
      ]),
      call('pack', [dense(400, [64])], [strided(0, [1, 2], [3, 1])], { precision: 'bf16' }),
      call('gemm', [dense(40, [2, 2])], [strided(0, [2, 1], [3, 1]), dense(400, [1, 2])], {
        packed: 1,
        precision: 'bf16',
      }),
      call('gemm', [dense(50, [2, 4])], [a, b, dense(50, [2, 4])], { precision: 'bf16x3' }),
      call('sum', [row], [a]),
      call('max', [row], [strided(0, [2, 3], [1, 2])]),
      call('softmax', [dense(20, [2, 3])], [a]),
      call('logSoftmax', [dense(20, [2, 3])], [strided(0, [2, 3], [1, 2])]),
      call('crossEntropy', [row], [a, ids]),
      call('crossEntropyGrad', [dense(20, [2, 3])], [a, ids, row]),
      call('gather', [dense(20, [2, 4])], [b, ids]),
      call('scatterAdd', [dense(20, [3, 4])], [dense(40, [2, 4]), ids]),
      call('oneHot', [dense(20, [2, 5])], [ids]),
    ]),
  )
})()

/** Loads and, where `runs`, runs a program with some words replaced; any error but RangeError is a failure. */
function mutate(isa: string, { code, consts }: EncodedProgram, changes: [number, number][], runs: boolean) {
  const words = code.slice()
  for (const [at, value] of changes) words[at % words.length] = value
  addon.setIsa(isa)
  try {
    const handle = addon.load(words, consts, 3000)
    // Guards around the arena: a write outside shows as a changed value.
    const memory = new Float32Array(3128).fill(1)
    if (runs) addon.run(handle, memory.subarray(64, 3064), 1, 2, 3, null, 2)
    addon.dispose(handle)
    expect(memory.subarray(0, 64).every((x) => x === 1) && memory.subarray(3064).every((x) => x === 1)).toBe(
      true,
    )
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
  } finally {
    addon.setIsa(allIsas[0]!)
  }
}

describe.each(allIsas)('%s survives', (isa) => {
  const where = fc.nat({ max: everything.code.length - 1 })

  it('every single word replaced by small numbers', () => {
    for (let at = 0; at < everything.code.length; at++) {
      for (const value of [-1, 0, 1, 2, 3, 5, 12, 64]) mutate(isa, everything, [[at, value]], true)
    }
  })

  it('several words replaced by small numbers', () => {
    const change = fc.tuple(where, fc.integer({ min: -4, max: 40 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) =>
        mutate(isa, everything, changes, true),
      ),
      { seed: 11, numRuns: 3000 },
    )
  })

  it('words replaced by any number', () => {
    const change = fc.tuple(where, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) =>
        mutate(isa, everything, changes, false),
      ),
      { seed: 12, numRuns: 3000 },
    )
  })
})
