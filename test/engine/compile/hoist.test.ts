// Where a training step's work lies once it is compiled: biases meet before the product of the inputs, sums over time are made in the
// loop, and what only the last step needs is made for that step.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { callsOf, elements, type Call, type Instruction } from '../../../src-main/engine/compile/program.ts'
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { trainingProgram } from '../../../src-main/engine/training/program.ts'

const [T, B, H] = [12, 5, 16]
const text = 'one of the reviews says that the film is good; the others do not. '.repeat(8)

interface Placed {
  call: Call
  inside: boolean
}
const placed = (code: readonly Instruction[]): Placed[] =>
  code.flatMap((one) => callsOf([one]).map((call) => ({ call, inside: one.kernel === 'loop' })))

function compiled(given: RunConfigInput): Placed[] {
  const config = parseConfig({ seed: 3, ...given }) as RunConfig
  return placed(trainingProgram(taskOf(config, text), config).code)
}
const sizeOf = ({ call }: Placed) => elements(call.outs[0]!.shape)
const model = { input: 'embedding', embedding: 7, hidden: H } as const

describe('out of loops and into them', () => {
  it.each(['rnn', 'lstm'])('%s: both biases meet before they are added to anything with time', (cell) => {
    const calls = compiled({ model: { cell, ...model }, train: { window: T, batch: B } })
    const product = calls.filter(
      ({ call, inside }) =>
        !inside && call.kernel === 'gemm' && call.outs[0]!.shape[0] === T * B && call.ins.length === 3,
    )
    expect(product.length).toBeGreaterThan(0)
    const wide = calls.filter(
      (c) => !c.inside && c.call.kernel === 'ew' && c.call.note === 'add' && sizeOf(c) >= T * B * H,
    )
    expect(wide).toEqual([])
  })

  it('adds up the gradients of biases in the loop, where dz is still at hand', () => {
    const calls = compiled({ model: { cell: 'lstm', ...model }, train: { window: T, batch: B } })
    const sums = calls.filter((c) => c.call.kernel === 'sum' && sizeOf(c) === 4 * H)
    expect(sums.map(({ inside, call }) => [inside, call.ins.length])).toEqual([[true, 2]])
  })

  it('makes masks and head of the last step alone where only that is read', () => {
    const train = { bptt: 'windows', window: T, batch: B, dropout: 0.5 } as const
    const calls = compiled({ model: { cell: 'gru', ...model, hiddenReadout: 11 }, train })
    const draws = calls.filter(({ call }) => call.code.some(({ fn }) => fn === 'uniform'))
    expect(draws.map(sizeOf).sort((a, b) => a - b)).toEqual([B * H, T * B * 7])
    const heads = calls.filter((c) => c.call.kernel === 'gemm' && c.call.outs[0]!.shape[1] === 11)
    expect(heads.map(({ call }) => call.outs[0]!.shape)).toContainEqual([B, 11])
    expect(heads.every(({ call }) => call.outs[0]!.shape[0]! < T * B)).toBe(true)
  })
})
