// Interventions in the terminal over the real app: effects by class, ablations of all units, and samples of the same seed.
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { grouped } from '../../options.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
const unroll = (...argv: string[]) =>
  unrollWith(argv, { app: { ...app(), close: async () => undefined } as unknown as FakeApp })

const settings = { batch: 4, window: 16, steps: 20, lr: 0.02, evalEvery: 0, gradientEvery: 0, sampleEvery: 0 }

beforeAll(async () => {
  const bytes = new TextEncoder().encode('the "cat" saw a dog (or "two") and ran.\n'.repeat(60))
  const dataset = (await app().call('data.import', { name: 'quoted.txt', bytes })).id
  const launch = (name: string, data: object) =>
    (app() as App).call('runs.launch', {
      config: { name, seed: 1, data, model: { hidden: 5 }, ...grouped(settings) },
    })
  const text = await launch('quoted', { kind: 'text', dataset })
  const sums = await launch('sums', { kind: 'memory', problem: 'parity', length: 4 })
  await hasStatus(app(), text.id, 'finished')
  await hasStatus(app(), sums.id, 'finished')
})

describe('effects', () => {
  it('are shown for each variant by class, split by a predicate', async () => {
    const args = [
      '--effect',
      'L1.c[0]=set(0)',
      '--effect',
      'L1.c[1]=flip; L1.h[2]=set(q90)',
      '--split',
      'quote',
    ]
    const { exit, out } = await unroll('inspect', 'quoted', ...args)
    expect(exit).toBe(0)
    const [first, head, zero, two] = out.split('\n')
    expect(first).toMatch(/^change of the loss in nats over \d+ symbols at step 20; without interventions /)
    expect(head).toMatch(/^interventions\s+all\s+letters \(not\) ×\d+/)
    expect(zero).toMatch(/^L1\.c\[0\]=set\(0\)\s+[+-]/)
    expect(two).toMatch(/^L1\.c\[1\]=flip; L1\.h\[2\]=set\(q90\)\s/)
    const { objects } = await unroll('inspect', 'quoted', ...args, '--json')
    expect(objects[0]).toMatchObject({ step: 20, predicate: 'quote' })
    expect((objects[0] as { effects: object[] }).effects).toHaveLength(2)
  })

  it('of each unit by itself are listed, the largest first', async () => {
    const { out } = await unroll('inspect', 'quoted', '--ablate', 'set(mean)', '--signal', 'c', '--top', '3')
    const rows = out.trim().split('\n').slice(2)
    expect(rows).toHaveLength(3)
    const sizes = rows.map((row) => Number(/\]=set\(mean\)\s+(\S+)/.exec(row)![1]))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  it.each([
    [['quoted', '--effect', 'c[0]=flip'], /expected a layer from 1/],
    [['quoted', '--split', 'quote'], /--split: that is for --card, --effect and --ablate/],
    [['quoted', '--ablate', 'q99'], /expected set\(x\)/],
    [['sums', '--text', '0101', '--effect', 'L1.h[0]=flip'], /does not predict the next symbol/],
  ])('%j is refused', async (args, message) => {
    const { exit, err } = await unroll('inspect', ...args)
    expect(exit).toBe(2)
    expect(err).toMatch(message)
  })
})

describe('patching', () => {
  it('lists the units that recover most of the gap', async () => {
    const args = ['--text', 'a "two"', '--patch', 'a  two"', '--at', '4', '--signal', 'c', '--top', '2']
    const { exit, out } = await unroll('inspect', 'quoted', ...args)
    expect(exit).toBe(0)
    expect(out).toMatch(/^log p of the last symbol at step 20: clean \S+, corrupted \S+, gap \S+ nats\n/)
    expect(out.trim().split('\n')).toHaveLength(4)
  })

  it('needs a clean text and a position', async () => {
    expect((await unroll('inspect', 'quoted', '--patch', 'ab')).err).toMatch(
      /--text and the position of the patch/,
    )
  })
})

describe('samples', () => {
  const sample = async (...more: string[]) =>
    (await unroll('sample', 'quoted', '--seed', '3', '--length', '40', '--json', ...more)).objects[0] as {
      text: string
      interventions?: string[]
    }

  it('under interventions use the same random numbers', async () => {
    const plain = await sample()
    expect(plain).not.toHaveProperty('interventions')
    const late = await sample('--intervene', 'L1.h[*]=set(q99) from 20')
    expect(late.interventions).toEqual(['L1.h[*]=set(q99) from 20'])
    expect(late.text.slice(0, 19)).toBe(plain.text.slice(0, 19))
    expect((await sample('--intervene', 'L1.h[*]=set(q99)', '--intervene', 'L1.c[0]=flip')).text).not.toBe(
      plain.text,
    )
    expect((await sample('--intervene', 'L1.h[0]=scale(1)')).text).toBe(plain.text)
  })

  it('refuse a unit that is not there', async () => {
    const { exit, err } = await unroll('sample', 'quoted', '--intervene', 'L1.h[5]=flip')
    expect(exit).toBe(2)
    expect(err).toMatch(/layer 1 has no unit 5; its units are 0 to 4/)
  })
})

describe('the verdict', () => {
  it('follows a search with the same numbers as its parts', async () => {
    const { out, exit } = await unroll('inspect', 'quoted', '--find', 'quote', '--verdict')
    expect(exit).toBe(0)
    const after = out.slice(out.indexOf('verdict on '))
    expect(after).toMatch(/^verdict on \w+ \d, layer 1:\n(represents|does not represent)\n {2}AUC/)
    expect(after).toMatch(
      /\nis (not )?used\n[\s\S]*\n(controls|does not control)\n {2}rate of the predicate in 256 samples/,
    )
    const { objects } = await unroll('inspect', 'quoted', '--find', 'quote', '--verdict', '--json')
    const { verdict } = objects[0] as {
      verdict: { rows: { numbers: string[] }[]; causal: object; rates: { variants: object[] } }
    }
    for (const line of verdict.rows.flatMap(({ numbers }) => numbers)) expect(after).toContain(line)
    expect(verdict.rates.variants).toHaveLength(3)
    const { err } = await unroll('inspect', 'quoted', '--verdict')
    expect(err).toMatch(/--verdict: that is for --find/)
  })
})

it('the cell at a symbol: states before and after, gates, and what cannot be shown', async () => {
  const step = (at: string) => unroll('inspect', 'quoted', '--cell', '--unit', '2', '--at', at, '--json')
  type Rows = { signal: string; role: string; before: number | null; after: number }[]
  const [first, second] = [(await step('5')).objects[0], (await step('6')).objects[0]] as { signals: Rows }[]
  const of = (rows: Rows, id: string) => rows.find(({ signal }) => signal === id)!
  expect(of(second!.signals, 'c').before).toBe(of(first!.signals, 'c').after)
  expect(of(second!.signals, 'f')).toMatchObject({ role: 'gate', before: null })
  const { out } = await unroll('inspect', 'quoted', '--cell', '--unit', '2', '--at', '5')
  expect(out).toMatch(/^unit 2 of layer 1 after symbol 5, at step 20\nsignal +role +before +after/)
  expect((await unroll('inspect', 'quoted', '--cell')).err).toMatch(/--cell: choose the unit/)
  expect((await step('900000')).err).toMatch(/--at: 900000 is not one of 0\.\./)
})
