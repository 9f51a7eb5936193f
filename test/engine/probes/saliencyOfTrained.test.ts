// What saliency says of trained networks whose problem is known: the marked steps of the adding problem; and the list of wrong answers.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { chooseExecutor, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { listExamples } from '../../../src-main/engine/probes/saliency/exampleAnswers.ts'
import { saliency } from '../../../src-main/engine/probes/saliency/saliency.ts'

const { executor } = chooseExecutor('native', 1)
function trained(config: object) {
  const training = openTraining(
    {
      config: parseConfig({ seed: 1, logging: { sampleEvery: 0, evalEvery: 0 }, ...config }) as RunConfig,
      text: '',
    },
    executor,
  )
  for (const event of training.events()) void event
  return openModel(training.checkpoint(), executor)
}
const data = () => ''
const largest = (values: ArrayLike<number>, count: number) =>
  Array.from(values, (value, i) => ({ value: Math.abs(value), i }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ i }) => i)
    .sort((a, b) => a - b)

describe('saliency of the adding problem', () => {
  const model = trained({
    task: 'memory-problem',
    data: { problem: 'adding', length: 20 },
    model: { cell: 'lstm', hidden: 32, layers: 1 },
    train: { bptt: 'full', batch: 32, steps: 3000 },
    optimizer: { lr: 0.01 },
  })

  it('is concentrated on the values of the two marked steps, by 1 each', () => {
    for (const example of [0, 1, 2, 3, 4]) {
      const found = saliency(model, { example, integrate: true, integrationSteps: 100, data })
      expect(found.dimensions).toEqual(['value', 'mark'])
      const marked = [...found.inputs].flatMap((value, i) => (i % 2 === 1 && value === 1 ? [i - 1] : []))
      expect(found.right).toBe(true)
      for (const values of [found.occlusion, found.gradient]) {
        const ofValues = values.map((value, i) => (i % 2 === 0 ? value : 0))
        if (values === found.gradient) expect(largest(ofValues, 2)).toEqual(marked)
        const share = marked.reduce((s, i) => s + Math.abs(values[i]!), 0)
        const all = ofValues.reduce((s, value) => s + Math.abs(value), 0)
        expect(share / all).toBeGreaterThan(0.8)
      }
      // d (a + b) / d a = 1.
      for (const i of marked) {
        expect(found.gradient[i]).toBeGreaterThan(0.7)
        expect(found.gradient[i]).toBeLessThan(1.3)
      }
    }
  }, 60_000)

  it('lists the examples with the largest loss, and wrong ones alone', () => {
    const options = { example: 0, read: 200, top: 5, order: 'loss', wrong: false, data } as const
    const worst = listExamples(model, options)
    expect([worst.examples, worst.read, worst.rows.length]).toEqual([1000, 200, 5])
    const losses = listExamples(model, { ...options, top: 200, order: 'number' }).rows.map(({ loss }) => loss)
    expect(worst.rows.map(({ loss }) => loss)).toEqual(losses.toSorted((a, b) => b - a).slice(0, 5))
    for (const { loss, expected, predicted } of worst.rows)
      expect((Number(expected) - Number(predicted)) ** 2).toBeCloseTo(loss, 3)
    const wrong = listExamples(model, { ...options, top: 200, wrong: true })
    expect(wrong.rows.length).toBe(wrong.wrong)
    expect(wrong.wrong).toBe(losses.filter((loss) => loss >= 0.04 ** 2).length)
  })
})

describe('saliency of the copying problem', () => {
  it('is at the symbol that is to be repeated, which says when it was read', () => {
    const model = trained({
      task: 'memory-problem',
      data: { problem: 'copy', length: 3, delay: 4 },
      model: { cell: 'lstm', hidden: 48, layers: 1, input: 'onehot' },
      train: { bptt: 'full', batch: 32, steps: 2000 },
      optimizer: { lr: 0.01 },
    })
    for (const example of [0, 1, 2])
      for (const symbol of [0, 1, 2]) {
        // The answers begin at the mark, after three symbols and four blanks.
        const found = saliency(model, {
          example,
          at: 7 + symbol,
          baseline: '·',
          integrate: false,
          integrationSteps: 1,
          data,
        })
        expect([found.right, found.answer.name]).toEqual([true, found.tokens[symbol]])
        expect(largest(found.occlusion, 1)).toEqual([symbol])
        expect(found.occlusion[symbol]).toBeGreaterThan(2)
        expect(found.horizon).toHaveLength(8 + symbol)
      }
  }, 60_000)
})
