// The drawing and the table of a saliency: what is under a pixel is what is drawn there, and both examples have one scale.
import { expect, it } from 'vitest'
import { saliencyAt, saliencyLayout } from '@contract/heat/saliencyLayout.ts'
import { boundOf, saliencyFigure, saliencyScene } from '@contract/heat/saliencyScene.ts'
import { answerInWords, saliencyCsv, saliencyMeasures } from '@contract/heat/saliencyTables.ts'
import type { InputSaliency } from '@contract/saliency.ts'

const series = (more: Partial<InputSaliency> = {}): InputSaliency => ({
  example: 4,
  examples: 9,
  input: 'two steps',
  expected: 'odd',
  predicted: 'even (60 %)',
  right: false,
  loss: 0.9,
  answer: { kind: 'class', name: 'odd', against: 'even', at: 1, value: -0.4 },
  outputs: [],
  dimensions: ['value', 'mark'],
  inputs: Float32Array.of(0.5, 0, 0.25, 1),
  tokens: [],
  picture: null,
  gradient: Float32Array.of(1, 2, 3, 4),
  gradientTimesInput: Float32Array.of(0.5, 0, 0.75, 4),
  occlusion: Float32Array.of(0, -2, 1, 0.5),
  baseline: 'the mean',
  horizon: Float32Array.of(7, 3),
  horizonSlope: -1,
  integrated: { values: null, completenessError: 0.4, difference: 1, steps: 50 },
  step: 30,
  ...more,
})
const image = series({
  dimensions: ['pixel'],
  inputs: Float32Array.of(0, 1, 2, 0, 1, 2),
  picture: { rows: 2, columns: 3, levels: 3, pictures: [{ pixels: '012012' }] },
  occlusion: Float32Array.of(0, 1, 2, 3, 4, 5),
  answer: { kind: 'class', name: '1', against: null, at: 4, value: -0.4 },
})

it('finds the number that is drawn under a pixel, in series and in images', () => {
  const found = series()
  const scene = saliencyScene({ found, values: found.occlusion, bound: 2, width: 400, theme: 'light' })
  const layout = saliencyLayout(found, 400)
  // A strip and a bar for every value that is not 0.
  expect(scene.rects).toHaveLength(2 * 3)
  const places = scene.rects.map(({ x, y, width, height }) =>
    saliencyAt(layout, x + width / 2, y + height / 2),
  )
  expect(places).toEqual([[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [1, 1]].map(([place, dimension]) => ({ place, dimension }))) // prettier-ignore
  expect(saliencyAt(layout, 20, 20)).toBeNull()
  const map = saliencyScene({ found: image, values: image.occlusion, bound: 5, width: 400, theme: 'dark' })
  const grid = saliencyLayout(image, 400)
  expect(map.rects.map(({ x, y, width }) => saliencyAt(grid, x + width / 2, y + width / 2)!.place)).toEqual(
    [0, 1, 2, 3, 4, 5].flatMap((place) => [place, place]),
  )
})

it('draws all examples of a figure in one scale, with what they are', () => {
  const other = series({ example: 7, occlusion: Float32Array.of(8, 0, 0, 0) })
  const { labels, height } = saliencyFigure([series(), other], 'occlusion', 'run')
  const facts = labels.map(({ text }) => text)
  expect(facts.filter((text) => text.includes('colours from −8 to 8'))).toHaveLength(2)
  expect(facts).toContain('expected odd, predicted even (60 %); log p(odd) − log p(even) at step 2 = −0.4')
  expect(Math.max(...labels.map(({ y }) => y))).toBeLessThan(height)
  expect(boundOf([Float32Array.of(1, NaN, -3)])).toBe(3)
})

it('has a row per number in its table, and no integrated gradients where they are withheld', () => {
  const lines = saliencyCsv([series()]).trim().split('\r\n')
  expect(lines).toHaveLength(5)
  expect(lines[2]).toBe('30,4,log p(odd) − log p(even) at step 2,1,,mark,0,-2,2,0,')
  expect(saliencyMeasures(series()).map(({ value }) => value)).toEqual(['occlusion', 'gradient', 'product'])
  expect(answerInWords(image)).toBe('log p(1) at row 2, column 2')
})
