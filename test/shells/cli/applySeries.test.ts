// `unroll apply` for a run that forecasts, through the real app and engine: values, tables, a written table, and what is refused.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
const folder = mkdtempSync(join(tmpdir(), 'unroll-series-'))
const open = () => ({ app: { ...app(), close: async () => undefined } as unknown as FakeApp })
const unroll = (...argv: string[]) => unrollWith(argv, open())
const table = join(folder, 'new.csv')
const lines = (rows: number) => Array.from({ length: rows }, (_, t) => `2024-01-${String(t + 1).padStart(2, '0')},${20 + 5 * Math.sin(t)}`) // prettier-ignore

beforeAll(async () => {
  const bytes = new TextEncoder().encode(`day,temp\n${[...Array(80).keys()].map((t) => `x${t},${20 + 5 * Math.sin(t)}`).join('\n')}\n`) // prettier-ignore
  const { id: dataset } = await app().call('data.import', { name: 'temp.csv', bytes })
  const config = { name: 'temp', task: 'series-forecast', seed: 1, data: { dataset, history: 4, horizon: 2 }, model: { cell: 'gru', hidden: 4 }, train: { bptt: 'full', batch: 8, steps: 20, loss: 'quantile' }, logging: { sampleEvery: 20, evalEvery: 20 } } // prettier-ignore
  const { id } = await (app() as App).call('runs.launch', { config } as never)
  await hasStatus(app(), id, 'finished')
  writeFileSync(table, `day,temp\n${lines(12).join('\n')}\n`)
}, 60_000)

describe('apply to a series', () => {
  it('prints a forecast with its interval, and what it read again', async () => {
    const { out, err } = await unroll('apply', 'temp', '--values', '20 24, 25 21', '--ahead', '3')
    expect(out).toMatch(
      /^ahead +temp +temp lower +temp upper\n +1( +[\d.]+){3}\n +2( +[\d.]+){3}\n +3 +[\d.]+\s*\n$/,
    )
    expect(err).toBe('from record 3 on, forecasts read those before them\n')
    const { objects } = await unroll('apply', 'temp', '--file', table, '--json')
    expect(objects[0]).toMatchObject({ step: 20, records: 12, read: 4, horizon: 2, level: 0.8 })
    expect((objects[0] as { labels: string[] }).labels.at(-1)).toBe('2024-01-12')
  })

  it('writes a table', async () => {
    const file = join(folder, 'out.csv')
    const { out } = await unroll('apply', 'temp', '--file', table, '--out', file)
    expect(out).toMatch(/out\.csv +2 records/)
    expect(readFileSync(file, 'utf8')).toMatch(
      /^ahead,temp,temp lower,temp upper\r\n1,[\d.]+,[\d.]+,[\d.]+\r\n2,/,
    )
  })

  it.each([
    ['too few values', ['--values', '1 2'], /2 records, and the run reads 4/],
    ['words', ['--values', 'warm cold'], /--values: "warm cold": give numbers/],
    ['a text', ['--text', 'warm'], /--text.*runs that answer texts/],
    ['nothing', [], /give a table with --file, or the last values with --values/],
  ])('refuses %s', async (_, flags, why) => {
    const { err } = await unroll('apply', 'temp', ...flags)
    expect(err).toMatch(why)
  })

  it('shows the recorded forecasts beside persistence', async () => {
    const { out } = await unroll('show', 'temp')
    expect(out).toMatch(/temp +Mean absolute error of the last \d+ records, 2 records ahead: [\d.]+, \d+ % (below|above) persistence/) // prettier-ignore
    expect(out).toMatch(/record +temp +forecast +lower +upper +persistence/)
  })
})
