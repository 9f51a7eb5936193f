// Spectral radii against eigenvalues from numpy (test/fixtures/radius.json, written by scripts/oracle/radius.py), and which parts of
// which weights have one.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modelConfig } from '../../src-main/contract/config/model.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { state } from '../../src-main/engine/graph/ops.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { radiiOf } from '../../src-main/engine/training/gradientPrograms.ts'
import { radiusProgram, recurrentBlocks, spectralRadius } from '../../src-main/engine/training/radius.ts'

interface Case {
  name: string
  size: number
  data: number[]
  radius: number
  tolerance: number
}
const cases = JSON.parse(readFileSync(new URL('../fixtures/radius.json', import.meta.url), 'utf8')) as Case[]
const run = { seed: [1, 2] as const, step: 0 }
const executors: [string, Executor][] = [['reference', referenceExecutor()]]
const chosen = chooseExecutor('auto', 1).executor
if (chosen.id === 'native') executors.push(['native', chosen])

function radiusOf(executor: Executor, size: number, data: ArrayLike<number>): number {
  const executable = executor.load(compile({ outputs: { radius: spectralRadius(state('a', [size, size])) } }))
  executable.write('a', data)
  executable.run(run)
  return executable.scalar('radius')
}

describe.each(executors)('the spectral radius on the %s', (_, executor) => {
  it.each(cases.map((one): [string, Case] => [one.name, one]))(
    '%s',
    (_name, { size, data, radius, tolerance }) => {
      const found = radiusOf(executor, size, data)
      // Where every eigenvalue is 0, numpy's own are only nearly so.
      if (tolerance === 0) expect(found).toBe(0)
      else expect(Math.abs(found / radius - 1)).toBeLessThan(tolerance)
    },
  )

  it('is NaN where an entry is not finite', () => {
    expect(radiusOf(executor, 2, [NaN, 0, 0, 1])).toBeNaN()
    expect(radiusOf(executor, 2, [Infinity, 0, 0, 1])).toBeNaN()
  })
})

const network = (model: Record<string, unknown>) =>
  networkOf(modelConfig.parse({ hidden: 6, embedding: 4, ...model }), {
    symbols: 5,
    outputs: 5,
    outputBias: true,
  })
const blocksOf = ({ cell, weights }: ReturnType<typeof network>) => recurrentBlocks(cell, weights)
const names = (model: Record<string, unknown>) => blocksOf(network(model)).map(({ name }) => name)

describe('what has a radius', () => {
  it('is every gate of stacked weights, by its letter where the cell has as many, and whole square matrices', () => {
    expect(names({ cell: 'lstm' })).toEqual(['i', 'f', 'g', 'o'].map((gate) => `layers.0.w_hh.${gate}`))
    expect(names({ cell: 'gru', layers: 2 })).toEqual(
      [0, 1].flatMap((layer) => ['r', 'z', 'n'].map((gate) => `layers.${layer}.w_hh.${gate}`)),
    )
    expect(names({ cell: 'rnn' })).toEqual(['layers.0.w_hh'])
    expect(names({ cell: 'elman', bidirectional: true })).toEqual(['layers.0.wh', 'layers.0.reverse.wh'])
    expect(names({ cell: 'clockwork', options: { groups: 3 } })).toEqual(
      [0, 1, 2].map((g) => `layers.0.w_hh_${g}`),
    )
    expect(names({ cell: 'feedforward' })).toEqual([])
  })

  it('takes the rows of the gate that it names', () => {
    const lstm = network({ cell: 'lstm' })
    const executable = referenceExecutor().load(radiusProgram(lstm.weights, blocksOf(lstm)))
    // Gate k is (k + 1) / 10 times the identity.
    const rows = Float64Array.from({ length: 24 * 6 }, (_, at) => {
      const [row, column] = [Math.floor(at / 6), at % 6]
      return row % 6 === column ? (1 + Math.floor(row / 6)) / 10 : 0
    })
    executable.write('layers.0.w_hh', rows)
    executable.run(run)
    expect(
      ['i', 'f', 'g', 'o'].map((gate) => executable.scalar(`spectral_radius/layers.0.w_hh.${gate}`)),
    ).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.2, 12),
      expect.closeTo(0.3, 12),
      expect.closeTo(0.4, 12),
    ])
  })

  it('is left out where squaring would cost more than a few training steps', () => {
    const large = network({ cell: 'lstm', hidden: 700 })
    const of = (one: ReturnType<typeof network>, symbols: number) =>
      radiiOf(one.weights, [{ network: one }], symbols)
    expect(of(large, 1)).toBeUndefined()
    expect(of(large, 3200)?.slots.has('spectral_radius/layers.0.w_hh.f')).toBe(true)
    expect(of(network({ cell: 'feedforward' }), 3200)).toBeUndefined()
  })
})
