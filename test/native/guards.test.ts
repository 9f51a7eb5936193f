// Guards run natively: what they look at, what they skip, and that skipping is the same as computing, to the last bit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Instruction, Program } from '../../src-main/engine/compile/program.ts'
import * as g from '../../src-main/engine/graph/ops.ts'
import { scan } from '../../src-main/engine/graph/scan.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'
import { compare, isas, native, reference } from './backends.ts'
import { dense, ew1, execute, guard, loop, programOf, seeded } from './programs.ts'
import { arena } from './random.ts'

/** The same program with every guard open: everything is computed. */
const opened = (code: readonly Instruction[]): Instruction[] =>
  code.flatMap((one) => {
    if (one.kernel === 'guard') return opened(one.body)
    return [one.kernel === 'loop' ? { ...one, body: opened(one.body) } : one]
  })
const count = (code: readonly Instruction[]): number =>
  code.reduce((n, one) => n + (one.kernel === 'guard' ? 1 : one.kernel === 'loop' ? count(one.body) : 0), 0)

describe.each(isas)('%s', (isa) => {
  it('looks at every element of any window, in every iteration, as the reference does', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(4), { maxLength: 4 }), fc.nat(3), (seed, shape, set) => {
        const space = arena(seed)
        const when = space.view(shape, [3, 2], true)
        const out = space.view([2], [3, 2])
        const marks = [ew1('const', out, [], 1), ew1('const', out, [], 2)] as const
        const code = [loop(3, [loop(2, [guard(when, [marks[0]], [marks[1]])], true)])]
        const memory = new Float32Array(space.size())
        for (let n = 0; n < set; n++) memory[space.below(memory.length)] = [1, -0, NaN, -3][space.below(4)]!
        expect(compare(native(isa), memory.length, code, memory)).toBeNull()
      }),
      { numRuns: 300, seed: 20260301 },
    )
  })

  it('takes a number too small to be one for 0, as select does', () => {
    const tiny = Float32Array.of(1e-40, 5, 7, 9)
    const code = [
      guard(dense(0, [1]), [ew1('const', dense(3, [1]), [], 1)], [ew1('const', dense(3, [1]), [], 2)]),
      ew1('select', dense(1, [1]), [dense(0, [1]), dense(1, [1]), dense(2, [1])]),
    ]
    expect(execute(native(isa), programOf(4, code), tiny).slice(1)).toEqual([7, 7, 2])
  })

  it.each([1, 3])('makes the same bits as computing everything, %i threads', (threads) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        fc.boolean(),
        (seed, T, kind, reverse) => {
          const { feeds, program } = gatedCell(seed, T, kind, reverse)
          expect(count(program.code)).toBeGreaterThan(1)
          const bits = (code: Instruction[]) => results(native(isa, threads), { ...program, code }, feeds)
          const skipped = bits(program.code)
          // What is skipped adds nothing, not even the sign that a zero may get from a product with 0.
          expect(skipped.map((v) => v + 0)).toEqual(bits(opened(program.code)).map((v) => v + 0))
          const exact = results(reference, program, feeds)
          skipped.forEach((v, i) =>
            expect(Math.abs(v - exact[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(exact[i]!))),
          )
        },
      ),
      { numRuns: 30, seed: 20260302 },
    )
  })
})

/** Two groups of units with a random gate per row and step each, in four kinds of cells; value and gradients. */
function gatedCell(seed: number, T: number, kind: number, reverse: boolean) {
  const random = randomStream({ seed: [seed >>> 0, 3], step: 0 }, 1)
  const [B, H] = [1 + random.below(9), 8 + 4 * random.below(5)]
  const [x, gates] = [g.input('x', [T, B, H]), g.input('gates', [T, B, 2])]
  const [w, u, h0] = [g.state('w', [H / 2, H]), g.state('u', [H / 2, H / 2]), g.state('h0', [B, H])]
  const { ys, state } = scan({ xs: [x, gates], init: [h0], reverse }, ([xt, gate], [h]) => {
    const [a, b] = g.split(h!, 2, 1) as [Node, Node]
    const [p, q] = g.split(gate!, 2, 1) as [Node, Node]
    const [xa, xb] = g.split(xt!, 2, 1) as [Node, Node]
    const fast = g.add(g.linear(h!, w), xa)
    const slow = g.add(g.linear(b, u), xb)
    const next = [
      () => g.concat([g.tanh(fast), g.select(q, g.tanh(slow), b)], 1),
      () => g.concat([g.select(p, g.sigmoid(fast), a), g.select(q, g.tanh(slow), b)], 1),
      () => g.concat([g.select(p, g.tanh(fast), xa), g.add(g.select(q, slow, 0), g.mul(b, 0.5))], 1),
      () => g.select(p, g.tanh(g.concat([fast, slow], 1)), h!),
    ][kind]!()
    return { state: [next], ys: [next] }
  })
  const loss = g.add(g.mean(g.square(g.sub(ys[0]!, 0.2))), g.mean(state[0]!))
  const wrt = [w, u, h0, x]
  const outputs: Record<string, Node> = { loss, ys: ys[0]! }
  grad(loss, wrt).forEach((d, i) => (outputs[`d${i}`] = d))
  const size = (n: Node) => n.shape.reduce((p, d) => p * d, 1)
  const drawn = (n: Node) => Float32Array.from({ length: size(n) }, () => random.uniform() - 0.5)
  const feeds: Record<string, Float32Array> = Object.fromEntries(
    [...wrt].map((n) => [n.attrs.name!, drawn(n)]),
  )
  // Steps where nobody is open, some are, all are; openness of any size.
  feeds['gates'] = new Float32Array(T * B * 2)
  for (let t = 0; t < 2 * T; t++) {
    const share = [0, 0, 0.3, 1][random.below(4)]!
    for (let r = 0; r < B; r++)
      if (random.uniform() < share) feeds['gates'][((t >> 1) * B + r) * 2 + (t % 2)] = random.uniform() - 1
  }
  return { feeds, program: compile({ outputs }) }
}

function results(
  executor: typeof reference,
  program: Program,
  feeds: Record<string, Float32Array>,
): number[] {
  const executable = executor.load(program)
  for (const [name, { kind }] of program.slots) if (kind !== 'output') executable.write(name, feeds[name]!)
  executable.run(seeded)
  const outputs = [...program.slots].filter(([, { kind }]) => kind === 'output')
  const all = outputs.flatMap(([name]) => Array.from(executable.read(name)))
  executable.dispose()
  return all
}
