// Promises of presets: the words show the same figures as the rows, and a value keeps a promise or breaks it.
import { describe, expect, it } from 'vitest'
import { metricRow } from '../../src-main/contract/metrics.ts'
import { catalog } from '../../src-main/engine/index.ts'
import { isWithin, withExpectation } from '../../src-main/engine/tasks/promises.ts'

const { presets, tasks } = catalog()

describe('promises of presets', () => {
  it.each(presets.map((preset) => [preset.id, preset] as const))(
    '%s promises a figure in the direction of its metric, and says so',
    (_, { promises, expects, config }) => {
      const { metrics } = tasks.find(({ id }) => id === config.task)!
      expect(promises.length).toBeGreaterThan(0)
      for (const { metric, find, atLeast, atMost, seeds } of promises) {
        const better = find ? 'max' : metricRow(metric, metrics)!.direction
        expect(better === 'max' ? atLeast : atMost, metric).toBeDefined()
        expect(expects).toContain(metric)
        for (const bound of [atLeast, atMost]) if (bound !== undefined) expect(expects).toContain(`${bound}`)
        if (seeds) expect(expects).toContain(`${seeds.kept} of ${seeds.of} seeds`)
      }
    },
  )

  it('are put in words: when, which metric, which bound, how many seeds', () => {
    const words = withExpectation({
      id: 'made-up',
      title: '',
      about: '',
      config: { data: { kind: 'text' }, train: { steps: 12_000 } },
      promises: [
        { metric: 'val/loss', atMost: 1.75, seeds: { kept: 9, of: 10 } },
        { metric: 'auc', find: { predicate: 'quote', signal: 'c' }, atLeast: 0.99 },
        { metric: 'train/epoch_loss', atLeast: 2.2, atMost: 2.45 },
      ],
      remark: 'More of it.',
    }).expects
    expect(words).toBe(
      'After 12,000 steps: val/loss at most 1.75 (9 of 10 seeds); auc of signal c for quote at least 0.99; train/epoch_loss from 2.2 to 2.45. More of it.',
    )
    const series = presets.find(({ id }) => id === 'series-1')!
    expect(series.expects).toMatch(/^Within [\d,]+ epochs: train\/solved at least 1/)
  })

  it('hold at the bound, and not for a value that is no number', () => {
    expect(isWithin({ metric: 'val/sequence_accuracy', atLeast: 0.99 }, 0.99)).toBe(true)
    expect(isWithin({ metric: 'val/sequence_accuracy', atLeast: 0.99 }, 0.9899)).toBe(false)
    expect(isWithin({ metric: 'train/epoch_loss', atLeast: 2.2, atMost: 2.45 }, 2.5)).toBe(false)
    expect(isWithin({ metric: 'val/loss', atMost: 1.75 }, NaN)).toBe(false)
  })
})
