// Compared runs are told apart whatever colours they were given, to colour-blind eyes too; beyond the palette by dashes.
import { expect, it } from 'vitest'
import { dashOf } from '@/charts/lines.ts'
import { runStyles } from '@/charts/runStyles.ts'
import { seenAs, seenDistance } from '@contract/heat/oklab.ts'
import { runColor } from '@/styles/palette.ts'

const runs = (count: number, color: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({ id: `run ${i}`, color: color(i) }))
const all = (list: { id: string; color: string }[]) => [...runStyles(list).values()]

it('keeps the colours of runs that are told apart, in whatever order', () => {
  const own = runs(6, (i) => String(5 - i))
  expect(all(own).map(({ color }) => color)).toEqual(['5', '4', '3', '2', '1', '0'])
  expect(all([own[0]!])).toEqual([{ color: '5', dashes: 0 }])
})

it.each([
  ['one colour', () => '3'],
  ['colours that look alike', (i: number) => String([0, 12, 14][i % 3])],
  ['hex colours', () => '#0b66d6'],
] as const)('gives six runs of %s colours that differ for every pair of eyes, in both themes', (_, color) => {
  const styles = all(runs(6, color))
  for (const theme of ['light', 'dark'] as const)
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [styles[i]!, styles[j]!].map((style) => seenAs(runColor(style.color, theme)))
        expect(seenDistance(a!, b!), `${i} and ${j}`).toBeGreaterThan(0.07)
      }
})

it('draws no two of fifty runs alike', () => {
  const styles = all(runs(50, (i) => String(i % 20)))
  for (const variant of ['train', 'val', 'test'])
    expect(
      new Set(styles.map(({ color, dashes }) => `${color} ${dashOf(variant, dashes).join()}`)).size,
    ).toBe(50)
  expect(styles.slice(0, 20).every(({ dashes }) => dashes === 0)).toBe(true)
  const drawn = new Set(
    [0, 1, 2].flatMap((dashes) => ['train', 'val', 'test'].map((variant) => dashOf(variant, dashes).join())),
  )
  expect(drawn.size).toBe(9)
})
