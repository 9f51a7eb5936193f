// Professor forcing: the discriminator, what it reads, and its place in the checkpoint.
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { discriminator, discriminate } from '../../src-main/engine/nn/professor.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { values } from './check.ts'
import { executor, native, text, configOf, trained, expectSame } from './forced.ts'

describe('professor forcing', () => {
  const train = { forcing: 'professor', discriminatorUnits: 5 } as const

  it('with weight 0 trains the network as teacher forcing does', () => {
    expectSame(trained({ clipNorm: 0 }), trained({ ...train, clipNorm: 0, discriminatorWeight: 0 }))
  })

  it.runIf(!('unavailable' in native))(
    'has a discriminator that learns to tell reading from running free',
    () => {
      const settings = { ...train, discriminatorUnits: 16, discriminatorWeight: 0, steps: 600, batch: 16, window: 16, logEvery: 100 } // prettier-ignore
      const { metrics } = trained(settings, { cell: 'feedforward', hidden: 8 }, native as Executor)
      const last = metrics.at(-1)!
      expect(last['train/discriminator_loss']!).toBeLessThan(0.2)
      expect(last['train/discriminator_accuracy']!).toBeGreaterThan(0.9)
    },
  )

  it('sees hidden states, and probabilities beside them', () => {
    const width = (discriminatorInput: 'both' | 'states') =>
      trained({ ...train, discriminatorInput })
        .tensors.get('professor.layers.0.w_ih')!
        .shape.at(-1)
    expect([width('states'), width('both')]).toEqual([6, 6 + new Set(text).size])
  })

  it('judges a sequence by what lies inside of it', () => {
    const { forcing: options } = configOf({ ...train, discriminatorWeight: 1 })
    const weights = new Map(
      [...weightNodes(discriminator(options, 2))].map(([name, node]) => [`professor.${name}`, node]),
    )
    const run = (steps: number, filler: number) => {
      const inside = Float64Array.from({ length: steps * 3 }, (_, i) => Number(i < 9 || (i < 12 && i !== 10)))
      const fill = (salt: number) => values([4, 3, 2], salt)
      const padded = (salt: number) =>
        Float64Array.from({ length: steps * 6 }, (_, i) => (inside[i >> 1] ? fill(salt)[i]! : filler))
      const shape = [steps, 3, 2]
      const verdict = discriminate(
        weights,
        options,
        input('reading', shape),
        input('free', shape),
        input('mask', [steps, 3]),
      )
      const executable = executor.load(compile({ outputs: { loss: verdict.discriminatorLoss } }))
      ;[...weights].forEach(([name, { shape }], i) =>
        executable.write(name.replace('professor.', ''), values(shape, i + 5)),
      )
      executable.write('reading', padded(2))
      executable.write('free', padded(3))
      executable.write('mask', inside)
      executable.run({ seed: [0, 0], step: 0 })
      return executable.scalar('loss')
    }
    expect(run(6, 7)).toBeCloseTo(run(4, -1), 12)
  })

  it('keeps the discriminator in the checkpoint, and goes on from it to the bit', () => {
    const { tensors } = trained(train)
    expect([...tensors.keys()].filter((name) => name.startsWith('professor.'))).toContain(
      'professor.readout.w',
    )
    const halfway = openTraining({ config: configOf({ ...train, steps: 6 }), text }, executor)
    for (const event of halfway.events()) if (event.kind === 'step' && halfway.step === 3) break
    const resume = halfway.checkpoint()
    const rest = openTraining({ config: configOf({ ...train, steps: 6 }), text, resume }, executor)
    for (const event of rest.events()) void event
    for (const [name, { data }] of readCheckpoint(rest.checkpoint()).tensors)
      expect(data, name).toEqual(tensors.get(name)!.data)
  })
})
