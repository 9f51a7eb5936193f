import { expect, it } from 'vitest'
import { noteOf, spokenOf, summaryOf, type Shown } from '@/charts/chartWords.ts'
import type { ChartLine } from '@/charts/lines.ts'

const line = (variant: string, values: number[], bestStep?: number) =>
  ({
    key: variant,
    run: 'r',
    runLabel: 'small run',
    metric: `${variant}/loss`,
    variant,
    color: '#000',
    columns: { name: 'loss', steps: Float64Array.from(values.keys()), values: Float64Array.from(values) },
    clock: { epochsPerStep: 0, startedAt: 0 },
    ...(bestStep !== undefined && { bestStep }),
  }) as unknown as ChartLine
const lines = [line('train', [3, 2, 1]), line('val', [3, NaN, 1.5], 2)]
const drawn = { from: 0, to: 2, shown: 6, total: 6, unloggable: 0, marks: [] }
const shown: Shown = { lines, drawn, axis: 'step', smoothing: 0, robust: false }

it('notes only what is out of the ordinary', () => {
  expect(noteOf(shown)).toEqual({ text: '6 points · best val at step 2', marks: [], more: 0 })
  const much = {
    ...shown,
    drawn: { ...drawn, shown: 5, unloggable: 1 },
    axis: 'epoch' as const,
    smoothing: 0.5,
    robust: true,
  }
  expect(noteOf(much).text).toBe(
    '5 of 6 points drawn, extremes kept · smoothed 0.5 · no epoch done yet: x is the step · axis leaves out the outer 10 % · 1 not positive, not on a log axis · best val at step 2',
  )
  expect(noteOf({ ...shown, lines: [lines[0]!], drawn: { ...drawn, total: 1, shown: 1 } }).text).toBe(
    '1 point',
  )
})

it('says ends and values for those who do not see them', () => {
  expect(summaryOf('Loss', lines)).toMatch(
    /^Loss\. train\/loss: first 3\.000, last 1\.000; val\/loss: first 3\.000, last 1\.500\. Arrow keys/,
  )
  const reading = { line: lines[0]!, x: 1, step: 1200, raw: 2, smooth: 2 }
  expect(spokenOf([reading], 'step', true)).toBe('step 1,200: small run · train 2.000')
  expect(spokenOf([], 'step', false)).toBe('')
  const later = { line: lines[1]!, x: 1, step: 1500, raw: 3, smooth: 3 }
  expect(spokenOf([reading, later], 'step', false)).toBe(
    'step 1,200: train/loss 2.000, val/loss 3.000 at step 1,500',
  )
})
