// Columns that read the same symbols: look-ups and products of the input are computed once per symbol, and every value keeps its bits.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { cells } from '../../../src-main/engine/cells/index.ts'
import { callsOf } from '../../../src-main/engine/compile/program.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { readerProgram } from '../../../src-main/engine/generation/reader.ts'
import { networkFor } from '../../../src-main/engine/tasks/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { range } from '../wrapped.ts'

const [T, B, V, E, H] = [6, 4, 7, 3, 5]
const executor = referenceExecutor()
const inputs = ['onehot', 'embedding'] as const

function program(cell: string, input: 'onehot' | 'embedding', sameText: boolean) {
  const config = parseConfig({
    seed: 5,
    model: { cell, hidden: H, layers: 2, input, embedding: E },
  }) as RunConfig
  const network = networkFor(config, V, 0)
  return readerProgram(network, {
    extent: [T],
    batch: B,
    sameText,
    outputs: true,
    losses: true,
    changes: [{ layer: 0, signal: 'h', varies: false, held: false }],
  })
}

/** Logits and losses of columns that read the same symbols, each with another value of unit 1. */
function run(cell: string, input: 'onehot' | 'embedding', sameText: boolean) {
  const executable = executor.load(program(cell, input, sameText))
  let seed = 1
  for (const [name, { kind, shape }] of executable.program.slots) {
    const size = shape.reduce((n, d) => n * d, 1)
    if (kind === 'state' && !name.startsWith('carry.'))
      executable.write(
        name,
        Float64Array.from(range(size), () => 0.6 + 0.5 * Math.sin(++seed)),
      )
  }
  const columns = sameText ? 1 : B
  const symbols = (shift: number) => range(T * columns).map((i) => (3 * Math.floor(i / columns) + shift) % V)
  executable.write('ids', symbols(0))
  executable.write('next', symbols(3))
  if (executable.program.slots.has('keep')) executable.write('keep', [0])
  executable.write(
    'scale/0.h',
    range(B * H).map((i) => +(i % H !== 1)),
  )
  executable.write(
    'shift/0.h',
    range(B * H).map((i) => (i % H === 1 ? Math.floor(i / H) / B : 0)),
  )
  executable.run({ seed: [0, 0], step: 0 })
  return { logits: executable.read('logits'), nll: executable.read('nll') }
}

describe('columns that read the same symbols', () => {
  it.each(cells.flatMap(({ id }) => inputs.map((input) => [id, input] as const)))(
    '%s, %s: have the values of columns with symbols of their own',
    (cell, input) => {
      const [one, each] = [run(cell, input, true), run(cell, input, false)]
      expect(one.nll).toEqual(each.nll)
      expect(one.logits).toEqual(each.logits)
      expect(new Set(one.nll.subarray(B, 2 * B)).size).toBe(B)
    },
  )

  it.each(inputs)('compute the input of the lowest layer once per symbol, %s', (input) => {
    const rows = callsOf(program('lstm', input, true).code).filter(
      ({ kernel, outs }) => (kernel === 'gemm' || kernel === 'gather') && outs[0]!.shape[0] === T,
    )
    expect(rows.map(({ kernel }) => kernel).sort()).toEqual(
      input === 'onehot' ? ['gather'] : ['gather', 'gemm'],
    )
    const wide = callsOf(program('lstm', input, true).code).filter(
      ({ kernel, outs, ins }) =>
        kernel === 'gemm' && outs[0]!.shape[0] === T * B && ins[0]!.shape[1] === (input === 'onehot' ? V : E),
    )
    expect(wide).toEqual([])
  })
})
