// Command lines over the real app and engine: what depends on both, with one small run on a text.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import type { UnitCard } from '../../../src-main/contract/unitCard.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import { readTensors, writeTensors } from '../../../src-main/engine/checkpoint/safetensors.ts'
import { searchTextOf } from '../../../src-main/store/runRow.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'
import { grouped } from '../../options.ts'

const dir = mkdtempSync(join(tmpdir(), 'unroll-real-'))
const app = sharedRealApp()
/** The app outlives a command line. */
const unroll = (...argv: string[]) =>
  unrollWith(argv, { app: { ...app(), close: async () => undefined } as unknown as FakeApp })

const text = 'the "cat" saw a dog (or "two") and ran.\n'.repeat(60)
const small = { batch: 4, window: 16, steps: 6, checkpointEvery: 2, logEvery: 1, evalEvery: 3, gradientEvery: 0, sampleEvery: 0 } // prettier-ignore
let dataset = ''
const launch = async (name: string, model: object, train: object = {}, seed = 1) => {
  const config = { name, seed, data: { kind: 'text', dataset }, model, ...grouped({ ...small, ...train }) }
  return (await (app() as App).call('runs.launch', { config })).id
}

beforeAll(async () => {
  const bytes = new TextEncoder().encode(text)
  dataset = (await app().call('data.import', { name: 'quoted.txt', bytes })).id
  await hasStatus(app(), await launch('stack', { layers: '8/6/4' }), 'finished')
})

describe('layers of different sizes', () => {
  it('can all be inspected, and only those', async () => {
    const { exit, objects } = await unroll(
      'inspect',
      'stack',
      '--text',
      'the cat',
      '--layer',
      '3',
      '--unit',
      '3',
      '--json',
    )
    expect([exit, objects[0]]).toMatchObject([0, { layer: 3, unit: 3, units: 4 }])
    expect(await unroll('inspect', 'stack', '--text', 'the cat', '--layer', '4')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('this run has 3'),
    })
  })

  it('are told, compared and found by what they are', async () => {
    await launch('alike', { layers: '6/6' })
    await launch('plain', { hidden: 6, layers: 2 })
    const { objects } = await unroll('compare', 'alike', 'plain', '--json')
    expect((objects[0] as { differences: { path: string }[] }).differences).toEqual([])
    const other = (await unroll('compare', 'stack', 'plain', '--json')).objects[0] as {
      differences: object[]
    }
    expect(other.differences).toEqual([
      { path: 'model.layers', values: ['8/6/4', 2] },
      { path: 'model.hidden', values: [null, 6] },
    ])
    // 128 is the number of hidden units that nobody chose and no layer has.
    const { config } = (await app().call('runs.list', {})).runs.find(({ name }) => name === 'stack')!
    expect(searchTextOf('', '', [], '', config).split('\n')).not.toContain('128')
    expect((await unroll('show', 'stack')).out).not.toMatch(/"hidden"/)
  })
})

describe('the card of a unit', () => {
  it('is printed, and given with --json: layers from 1, the unit that varies most by default', async () => {
    const json = ['inspect', 'stack', '--card', '--layer', '2', '--signal', 'c', '--json']
    const { exit, objects } = await unroll(...json, '--unit', '4', '--around', '5')
    const card = objects[0] as unknown as UnitCard
    expect([exit, card]).toMatchObject([0, { layer: 2, signal: 'c', unit: 4, units: 6 }])
    expect(card.positions).toBeGreaterThan(100)
    expect(card.top[0]!.tokens.length).toBeLessThanOrEqual(11)
    expect(new Set(card.similar.others.map(({ layer }) => layer))).toEqual(new Set([1, 3]))
    expect(card.outgoing.next[0]).toMatchObject({ layer: 3, gate: 'i' })
    const { out } = await unroll('inspect', 'stack', '--card', '--signal', 'c', '--text', text.slice(0, 300))
    expect(out).toMatch(/^layer 1 {2}signal c {2}unit \d of 8 {2}step 6 {2}300 symbols\n.* writes /)
    for (const part of [
      'letter ',
      'largest values',
      'nearest to the median',
      '% of positions',
      'mean step of c',
      'above 0.9',
      'lag',
      'read by',
      'similar',
    ])
      expect(out).toContain(part)
  })
  it('takes no flag of another question, nor the others its own', async () => {
    const refused = async (...flags: string[]) => (await unroll('inspect', 'stack', ...flags)).err
    expect(await refused('--card', '--top', '3')).toContain('--top: one unit is described with --card')
    expect(await refused('--around', '9')).toContain('--around: that is for --card')
    expect(await refused('--card', '--unit', '99')).toContain('unit: 99 is not one of 0..7')
    expect(await refused('--card', '--unit', '1', '--around', '50')).toContain('around')
  })
})

describe('settings', () => {
  it('are compared up to the last step that all have reached, and ranked where they measure the same', async () => {
    const whole = { ...small, bptt: 'full', batch: 1 } as const
    const config = {
      name: 'series',
      seed: 1,
      data: { kind: 'series' },
      model: { hidden: 4 },
      ...grouped(whole),
    }
    const { id } = await app().call('runs.launch', { config })
    const long = await launch('long', { hidden: 6 }, { steps: 9 })
    for (const one of [id, long]) await hasStatus(app(), one, 'finished')
    interface Compared {
      metrics: { name: string; like: number[]; last: number[] }[]
      upTo: { step: number; metrics: { name: string; last: number[]; lastStep: number[] }[] } | null
    }
    const compared = async (...flags: string[]) => {
      const { objects } = await unroll('compare', 'stack', 'long', 'series', '--json', ...flags)
      return objects[0] as unknown as Compared
    }
    const of = <T extends { name: string }>(metrics: T[]) =>
      metrics.find(({ name }) => name === 'train/loss')!
    const { metrics, upTo } = await compared()
    expect(of(metrics).like).toEqual([0, 0, 2])
    expect(upTo!.step).toBe(6)
    const at = of(upTo!.metrics)
    expect(at.lastStep).toEqual([6, 6, 6])
    expect(at.last[1]).not.toBe(of(metrics).last[1])
    expect((await compared('--as-ended')).upTo).toBeNull()
    await app().call('runs.trash', { ids: [id] })
    const { out } = await unroll('compare', 'stack', 'long', id)
    expect(out).toMatch(/train\/loss best(.* \*){1}(?!.* \*)/)
    expect(out).toContain('finished, in the trash')
    expect(out).toContain('up to step 6, which all have reached; --as-ended')
    expect((await unroll('show', id)).out).toContain('finished, in the trash')
  })
  it('are compared in full', async () => {
    await launch('a', { hidden: 4 }, { steps: 1, lr: 0.00123456 }, 123456789)
    await launch('b', { hidden: 4 }, { steps: 1, lr: 0.00123459 }, 123456790)
    const { out } = await unroll('compare', 'a', 'b')
    expect(out).toMatch(/seed +123456789 +123456790\n/)
    expect(out).toMatch(/optimizer\.lr +0\.00123456 +0\.00123459\n/)
  })
})

describe('long texts', () => {
  it('are inspected up to 200,000 characters, and refused beyond', async () => {
    const long = 'the cat '.repeat(25_000)
    const { exit, out, err } = await unroll('inspect', 'stack', '--text', long, '--unit', '0')
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(/mean .* min .* max /)
    expect(await unroll('inspect', 'stack', '--text', `${long}t`)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('at most 200,000 characters'),
    })
  })
})

describe('units that tell a property', () => {
  it('are sorted by the area that is shown', async () => {
    const { objects } = await unroll('inspect', 'stack', '--find', 'vowel', '--text', text, '--json')
    const areas = (objects[0] as { scores: { auc: number }[] }).scores.map(({ auc }) => auc)
    expect(areas.length).toBeGreaterThan(5)
    expect(areas).toEqual([...areas].sort((a, b) => b - a))
  })
})

describe('a fork', () => {
  it('is what the terminal advises for a finished run, and what it can do', async () => {
    const refused = await unroll('resume', 'stack')
    const line = /try: unroll (fork [0-9a-z]{26})\n/.exec(refused.err)?.[1]
    expect([refused.exit, line]).toEqual([65, expect.any(String)])
    const { exit, objects } = await unroll(...line!.split(' '), '--json')
    expect(exit).toBe(0)
    const { id } = (await app().call('runs.list', {})).runs.find(({ name }) => name === 'stack fork')!
    expect(objects.at(-1)).toMatchObject({ event: 'finished', run: id, status: 'finished', step: 6 })
  })

  it('begins at any checkpoint that is kept, with other settings of training', async () => {
    const { id } = (await app().call('runs.list', {})).runs.find(({ name }) => name === 'stack')!
    const kept = (await app().call('runs.get', { id })).checkpoints.map(({ step }) => step)
    const step = Math.min(...kept)
    const argv = ['--step', String(step), '--set', 'train.steps=2', '--name', 'child', '--seed', '77']
    expect((await unroll('fork', 'stack', ...argv)).exit).toBe(0)
    const child = (await app().call('runs.list', {})).runs.find(({ name }) => name === 'child')!
    expect(child).toMatchObject({
      parent: { id, step },
      step: 2,
      config: { seed: 77, model: { layers: '8/6/4' } },
    })
    const none = await unroll('fork', 'stack', '--step', '999999')
    expect([none.exit, none.err]).toEqual([66, expect.stringContaining(kept.join(', '))])
  })
})

describe('the trash', () => {
  it('is left as the refusal says', async () => {
    const id = await launch('thrown', { hidden: 4 }, { steps: 1 })
    await hasStatus(app(), id, 'finished')
    expect((await unroll('trash', 'thrown')).out).toBe('thrown: in the trash\n')
    expect((await unroll('resume', id)).err).toContain(`try: unroll restore ${id}`)
    expect((await unroll('restore', 'thrown')).out).toBe('thrown: restored\n')
    expect((await unroll('show', 'thrown')).exit).toBe(0)
  })
})

describe('imported weights', () => {
  it('are called as the flag says, else as the file says', async () => {
    const path = join(dir, 'w.safetensors')
    expect((await unroll('export', 'stack', '--out', path)).exit).toBe(0)
    expect((await unroll('import', path, '--name', 'my copy', '--json')).objects).toMatchObject([
      { run: { name: 'my copy' } },
    ])
    expect((await unroll('import', path, '--json')).objects).toMatchObject([{ run: { name: 'stack' } }])
  })

  it('may be a bare state_dict, with the configuration in a file of its own', async () => {
    const [whole, bare, config] = ['whole.safetensors', 'bare.safetensors', 'run.json'].map((name) =>
      join(dir, name),
    ) as [string, string, string]
    await hasStatus(app(), await launch('lone', { hidden: 4, embedding: 3 }, { steps: 1 }), 'finished')
    await unroll('export', 'lone', '--out', whole)
    await unroll('export', 'lone', '--what', 'config', '--out', config)
    const { tensors } = readTensors(readFileSync(whole))
    const torch = { 'embedding.w': 'embed.weight', 'readout.w': 'fc.weight', 'readout.b': 'fc.bias', 'layers.0.w_ih': 'lstm.weight_ih_l0', 'layers.0.w_hh': 'lstm.weight_hh_l0', 'layers.0.b_ih': 'lstm.bias_ih_l0', 'layers.0.b_hh': 'lstm.bias_hh_l0' } // prettier-ignore
    const named = [...tensors].map(([name, tensor]) => [torch[name as keyof typeof torch], tensor] as const)
    writeFileSync(bare, writeTensors({ tensors: new Map(named), metadata: {} }))
    const refused = await unroll('import', bare)
    expect([refused.exit, refused.err]).toEqual([
      65,
      expect.stringMatching(/without a configuration inside[^]*try: unroll import FILE --config FILE/),
    ])
    expect(
      (await unroll('import', bare, '--config', config, '--name', 'adopted', '--json')).objects,
    ).toMatchObject([{ run: { name: 'adopted' }, warnings: [] }])
    const written = async (name: string) =>
      (await unroll('sample', name, '--seed', '1', '--length', '40')).out
    expect(await written('adopted')).toBe(await written('lone'))
  })
})
