// The attention of an output as a map: a heading per source symbol, a row per output symbol, each weight as a shade that also says its share.
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, it } from 'vitest'
import type { ExamplesTable } from '../../../src-main/contract/run.ts'
import { alignmentLines } from '../../../src-main/shells/cli/alignmentLines.ts'
import ExampleAnswers from '../../../src-renderer/tasks/examples/ExampleAnswers.vue'

const alignment = {
  source: ['a b', 'red'],
  output: ['x', 'y', 'z'],
  weights: [[0, 1], [0.75, 0.25], [0.5, 0.5]], // prettier-ignore
}
const row = { input: 'a b red', expected: 'x y z', predicted: 'x y z', right: true }
const drawn = (table: ExamplesTable) => renderToString(createSSRApp(ExampleAnswers, { table }))

it('is below the table of translations, whose columns are source, reference and output', async () => {
  const html = await drawn({ kind: 'examples', pairs: true, rows: [{ ...row, alignment }] })
  for (const title of ['Source', 'Reference', 'Output']) expect(html).toContain(`>${title}</th>`)
  expect(html).toContain('title="y from a␣b: 75 %"')
  expect(html.match(/class="weight"/g)).toHaveLength(6)
  const plain = await drawn({ kind: 'examples', rows: [row] })
  expect(plain).toContain('>Expected</th>')
  expect(plain).not.toContain('weight')
})

it('is a row of shades per output symbol in the terminal, or its largest weights where that is too wide', () => {
  expect(alignmentLines(alignment, 80)).toEqual(['  a␣b red', 'x     ███', 'y ▓▓▓ ░░░', 'z ▒▒▒ ▒▒▒'])
  expect(alignmentLines(alignment, 8)).toEqual([
    'symbol  from',
    'x       red 1',
    'y       a␣b 0.75, red 0.25',
    'z       a␣b 0.5, red 0.5',
  ])
})
