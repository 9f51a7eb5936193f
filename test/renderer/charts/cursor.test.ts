// The box of values at the pointer, drawn without a browser.
import { expect, it } from 'vitest'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import ChartCursor from '@/charts/ChartCursor.vue'
import type { ChartLine } from '@/charts/lines.ts'
import { shortened } from '@/ui/visible.ts'

const long = 'quiet-harbour-lstm-hidden-256-lr-0.003-seed-17'
const line = (run: string, part: string): ChartLine => ({
  key: `${run} ${part}`,
  run,
  runLabel: run,
  metric: `${part}/loss`,
  variant: part,
  color: '#123456',
  columns: { steps: new Float64Array(), values: new Float64Array(), times: new Float64Array() },
  clock: { epochsPerStep: 0, startedAt: 0 },
})
const reading = (of: ChartLine, step: number) => ({
  line: of,
  x: step,
  step,
  raw: 1.5,
  smooth: 1.5,
  px: 10,
  py: 10,
})

async function textOf(readings: ReturnType<typeof reading>[], several: boolean): Promise<string[]> {
  const html = await renderToString(
    createSSRApp(ChartCursor, {
      readings,
      several,
      axis: 'step',
      stepName: 'step',
      smoothed: false,
      width: 500,
      top: 0,
      bottom: 200,
    }),
  )
  return html.split(/<\/(?:tr|div)>/).map((part) =>
    part
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

it('gives a value that was measured at another step its own step', async () => {
  const text = await textOf([reading(line(long, 'train'), 470), reading(line(long, 'val'), 500)], false)
  expect(text[0]).toBe('step 470')
  expect(text[1]).toBe('train/loss 1.500')
  expect(text[2]).toBe('val/loss 1.500 step 500')
})

it('names the metric on one run; among several it shortens the run in the middle and never what is measured', async () => {
  const rows = await textOf([reading(line(long, 'train'), 470), reading(line(long, 'val'), 470)], true)
  expect(rows[1]).toBe('quiet-harbour-…0.003-seed-17 · train 1.500')
  expect(rows[2]).toBe('quiet-harbour-…0.003-seed-17 · val 1.500')
})

it('tells how many lines do not fit', async () => {
  const many = Array.from({ length: 11 }, (_, i) => reading(line(`run-${i}`, 'val'), 100))
  expect((await textOf(many, true)).join('\n')).toContain('+3 more')
})

it('shortens by what is seen as one character', () => {
  expect(shortened('short', 12)).toBe('short')
  expect(shortened('👩‍🔬👩‍🔬👩‍🔬👩‍🔬👩‍🔬👩‍🔬', 5)).toBe('👩‍🔬👩‍🔬…👩‍🔬👩‍🔬')
  expect([...new Intl.Segmenter().segment(shortened('a'.repeat(200), 28))]).toHaveLength(28)
})
