// Runs with Hessian-free optimisation: they train, resume to the bit, and are refused beside random masks.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'

const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 3, ...given }) as RunConfig

const native = chooseExecutor('auto', 1).executor

describe('runs with Hessian-free optimisation', () => {
  const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(
    6,
  )
  const plain = configOf({
    model: { cell: 'gru', hidden: 8, embedding: 4 },
    train: { window: 8, batch: 8, steps: 12 },
    optimizer: { name: 'hessianfree', cgIterations: 12 },
    logging: { sampleEvery: 0 },
  })
  it.each([
    ['masks', { regularization: { ...plain.regularization, dropout: 0.2 } }],
    [
      'preconditioner, way back and line search',
      {
        optimizer: {
          ...plain.optimizer,
          preconditioner: 'fisher',
          fisherProbes: 2,
          cgBacktracking: true,
          lineSearch: 3,
        },
      },
    ],
  ] as const)('train on text with carried states and %s, and resume to the bit', (_, more) => {
    const config: RunConfig = { ...plain, ...more }
    const whole = openTraining({ config, text }, native)
    const losses: number[] = []
    for (const event of whole.events()) {
      expect(event.kind).not.toBe('diverged')
      if (event.kind === 'metrics' && event.values['val/loss']) losses.push(event.values['val/loss'])
    }
    expect(losses.at(-1)!).toBeLessThan(2.7)
    const first = openTraining({ config, text }, native)
    for (const _ of first.events()) if (first.step === 5) break
    const second = openTraining({ config, text, resume: first.checkpoint() }, native)
    for (const _ of second.events());
    const [a, b] = [whole, second].map((t) => readCheckpoint(t.checkpoint()).tensors)
    for (const [name, { data }] of a!) expect(b!.get(name)!.data, name).toEqual(data)
  })

  it('are refused the comparison of losses that random masks would change', () => {
    for (const given of [{ cgBacktracking: true }, { lineSearch: 3 }]) {
      const config = {
        ...plain,
        optimizer: { ...plain.optimizer, ...given },
        regularization: { ...plain.regularization, dropout: 0.2 },
      }
      expect(() => openTraining({ config, text }, native)).toThrow(
        `optimizer.${Object.keys(given)[0]!}: it compares the losses`,
      )
    }
  })
})
