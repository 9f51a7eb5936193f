// `unroll analyse saliency` in the terminal: sums, a forecast of imported numbers and images, through the real app and engine.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
const unroll = (...argv: string[]) =>
  unrollWith(['analyse', 'saliency', ...argv], {
    app: { ...app(), close: async () => undefined } as unknown as FakeApp,
  })

beforeAll(async () => {
  const table = ['time,load', ...Array.from({ length: 60 }, (_, t) => `${t},${Math.sin(t / 3)}`)].join('\n')
  const { id: dataset } = await app().call('data.import', {
    name: 'load.csv',
    bytes: new TextEncoder().encode(table),
  })
  const quiet = { gradientEvery: 0, sampleEvery: 0, evalEvery: 0 }
  const launch = async (name: string, config: object) => {
    const rest = { seed: 1, train: { bptt: 'full', batch: 4, steps: 5 }, logging: quiet, ...config }
    const { id } = await (app() as App).call('runs.launch', { config: { name, ...rest } } as never)
    await hasStatus(app(), id, 'finished')
  }
  const cell = { cell: 'rnn', hidden: 4 }
  const images = { texture: 'mixed', size: 8, levels: 3 }
  await Promise.all([
    launch('sums', { task: 'binary-addition', data: { bits: 4 }, model: cell }),
    launch('load', { task: 'series-forecast', data: { dataset, column: 'load', history: 5 }, model: cell }),
    launch('images', { task: 'image-classification', data: images, model: { cell: 'md-lstm', hidden: 3 } }),
  ])
}, 60_000)

describe('analyse saliency', () => {
  it('explains a digit of a sum, steps counted from 1, and a second sum with the same answer', async () => {
    const flags = ['--example', '2', '--compared', '5', '--at', '3', '--against', '1', '--answer', '0']
    const { exit, objects } = await unroll('sums', ...flags, '--json')
    expect(exit).toBe(0)
    const answer = { kind: 'class', name: '0', against: '1', at: 2 }
    expect(objects).toMatchObject([
      { example: 2, examples: 1000, answer, dimensions: ['first summand', 'second summand'] },
      { example: 5, answer },
    ])
    const { out } = await unroll('sums', ...flags, '--top', '4')
    expect(out).toMatch(/^example 2 of 1000: \d+ \+ \d+\nexpected \d{5}, predicted \d{5} \((right|wrong)\)\n/)
    expect(out).toMatch(
      /log p\(0\) − log p\(1\) at step 3 = -?\d\S* nats[\s\S]*the mean of the training examples \(first/,
    )
    expect(out).toMatch(/the 4 of 10 inputs[\s\S]*\nstep [123] +(first|second) summand/)
  })

  it('lists held-out examples, wrong ones alone, the largest loss first', async () => {
    const { objects } = await unroll('sums', '--list', '--wrong', '--worst', '--top', '3', '--json')
    const { rows, wrong } = objects[0] as { rows: { right: boolean; loss: number }[]; wrong: number }
    expect(rows.map(({ right }) => right)).toEqual([false, false, false])
    expect(rows[0]!.loss).toBeGreaterThanOrEqual(rows[1]!.loss)
    const { out } = await unroll('sums', '--list', '--top', '2')
    expect(out).toMatch(new RegExp(`^1000 of 1000 held-out examples at step 5, ${wrong} wrong\\nexample`))
  })

  it('reads the held-out values of an imported table', async () => {
    const { objects } = await unroll('load', '--baseline', '0.5', '--integrate', '--json')
    expect(objects[0]).toMatchObject({
      dimensions: ['load'],
      examples: 18,
      right: null,
      answer: { kind: 'number', name: 'load', at: null },
      baseline: 'the number 0.5',
      integrated: { steps: 50 },
    })
    expect((objects[0] as { occlusion: number[] }).occlusion).toHaveLength(5)
  })

  it('writes drawings and tables', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-saliency-'))
    const [svg, csv] = [join(folder, 'one.svg'), join(folder, 'one.csv')]
    expect((await unroll('sums', '--export', svg, '--measure', 'gradient')).exit).toBe(0)
    const drawn = readFileSync(svg, 'utf8')
    expect(drawn).toMatch(/^<svg[\s\S]*<polyline[\s\S]*Gradient in nats, colours from −/)
    expect((await unroll('images', '--export', csv)).exit).toBe(0)
    const lines = readFileSync(csv, 'utf8').trim().split('\r\n')
    expect(lines).toHaveLength(1 + 64)
    expect(lines[10]).toMatch(/^5,0,log p\(\w+\),2,2,pixel,[012],/)
    expect((await unroll('sums', '--export', join(folder, 'one.html'))).err).toMatch(
      /must end in \.svg, \.csv/,
    )
  })

  it('says what is wrong with a run, an example, a step, an answer or a baseline', async () => {
    const failure = async (...flags: string[]) => (await unroll(...flags)).err
    expect(await failure('sums', '--example', '1000')).toMatch(
      /example: 1000 is not one of the held-out examples 0\.\.999/,
    )
    expect(await failure('sums', '--at', '0')).toMatch(/--at: 0; steps and pixels count from 1/)
    expect(await failure('sums', '--at', '6')).toMatch(/at: 5 is not one of the steps 0\.\.4/)
    expect(await failure('sums', '--answer', '2')).toMatch(/answer: "2" is not a class of this run; .*0, 1/)
    expect(await failure('load', '--against', 'value')).toMatch(/against: this run answers with numbers/)
    expect(await failure('load', '--at', '1')).toMatch(/at: this run gives one answer for the whole input/)
    expect(await failure('load', '--baseline', 'x')).toMatch(/baseline: "x" is not a number/)
    expect(await failure('images', '--baseline', '3')).toMatch(/baseline: "3" is not a gray level .*0, 1, 2/)
    expect(await failure('load', '--list', '--wrong')).toMatch(
      /wrong: no answer of this task is right or wrong/,
    )
    expect(await failure('sums', '--list', '--at', '2')).toMatch(/--at: .*examples are listed with --list/)
  })
})
