// One flipped bit in what rests in the database: it is never shown as a value of the run, the doctor names it, everything else is there.
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createApp } from '../../src-main/app.ts'
import { metricTable } from '../../src-main/store/metrics.ts'
import { runFaults } from '../../src-main/store/runs.ts'
import { migrations } from '../../src-main/store/migrations.ts'
import { openForWriting } from '../../src-main/store/db.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { freshFolder } from '../store/folder.ts'
import { standIn } from './apps.ts'

const id = '0'.repeat(26)
const config = '{"seed":5,"train":{"steps":60},"name":"a"}'
const values = [3, 2, 1.5]
const curve = {
  name: 'train/loss',
  steps: Float64Array.of(1, 2, 3),
  values: Float64Array.from(values),
  times: Float64Array.of(1, 2, 3),
}
const flow = {
  step: 2,
  stride: 1,
  layers: [{ layer: 'layers.0', norms: Float64Array.of(1, 2), last: Float64Array.of(3, 4) }],
  radii: [],
}
const text = {
  id: 'mine',
  name: 'mine.txt',
  builtin: false,
  bytes: 3,
  characters: 3,
  lines: 1,
  encoding: 'utf-8' as const,
  sha256: 'f'.repeat(64),
  licence: '',
  about: '',
  note: '',
  createdAt: 1,
  form: '' as const,
  preview: 'abc',
  symbols: [{ symbol: 'a', count: 1 }],
  distinct: 3,
  warnings: [],
}

/** A folder with one of everything, with the bit flipped in the one value that `select` finds. */
async function flipped(table: string, column: string, byte: number): Promise<string> {
  const store = openStore(freshFolder(), readStored)
  await store.write(() => {
    store.runs.insert({ id, name: 'a', status: 'finished', created_at: 1, config })
    store.metrics.append(id, [curve])
    store.metrics.append(id, [{ ...curve, steps: Float64Array.of(4, 5, 6) }])
    store.flows.add(id, flow)
    store.flows.add(id, { ...flow, step: 4 })
    store.runs.addSample(id, { step: 2, at: 1, text: 'drawn 2' })
    store.runs.addSample(id, { step: 4, at: 1, text: 'drawn 4' })
    store.datasets.add(text)
  })
  await store.close()
  if (!column) return store.folder
  const db = new Database(join(store.folder, 'unroll.db'))
  const row = db
    .prepare(`SELECT rowid AS at, ${column} AS value FROM ${table} ORDER BY rowid LIMIT 1`)
    .get() as {
    at: number
    value: string | Buffer
  }
  const bytes = Buffer.from(row.value as string)
  bytes[byte]! ^= 1
  const damaged = typeof row.value === 'string' ? bytes.toString() : bytes
  db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(damaged, row.at)
  db.close()
  return store.folder
}

const shown = async (dataDir: string) => {
  const app = await createApp({ dataDir, engineUrl: standIn })
  try {
    const [metrics] = await app.call('runs.metrics', { ids: [id] })
    const { run, samples } = await app.call('runs.get', { id })
    const { checks } = await app.call('app.doctor', {})
    return {
      values: metrics!.chunks.flatMap((chunk) => [...chunk.values]),
      summary: run.summaries.map(({ last, min }) => [last, min]),
      error: run.error?.code,
      steps: run.config.train.steps,
      flows: (await app.call('runs.gradients', { id })).map(({ step }) => step),
      samples: samples.map((sample) => sample.text),
      preview: (await app.call('data.get', { id: 'mine' })).preview,
      doctor: Object.fromEntries(checks.map(({ name, message }) => [name, message])),
    }
  } finally {
    await app.close()
  }
}

const all = {
  values: [...values, ...values],
  summary: [[1.5, 1.5]],
  error: undefined,
  steps: 60,
  flows: [2, 4],
  samples: ['drawn 2', 'drawn 4'],
  preview: 'abc',
}

it.each([
  ['nothing', '', '', 0, {}, '', /^/],
  ['points', 'chunks', 'points', 31, { values }, 'curves', /chunk \d+ of train\/loss is damaged/],
  ['a summary', 'series', 'summary', 15, {}, 'curves', /the summary of train\/loss is damaged/],
  [
    'a gradient',
    'flows',
    'numbers',
    7,
    { flows: [4] },
    'curves',
    /gradient through time of step 2 is damaged/,
  ],
  ['a sample', 'samples', 'text', 6, { samples: ['drawn 4'] }, 'runs', /the sample of step 2 is damaged/],
  [
    'a configuration',
    'runs',
    'config',
    28,
    { error: 'E_DB_CORRUPT', steps: expect.any(Number) },
    'runs',
    /stored configuration/,
  ],
  [
    'the record of a text',
    'datasets',
    'details',
    12,
    { preview: '' },
    'texts',
    /text mine: its record is damaged/,
  ],
])('%s with a flipped bit', async (_, table, column, byte, missing, check, words) => {
  const { doctor, ...seen } = await shown(await flipped(table, column, byte))
  expect(seen).toEqual({ ...all, ...missing })
  if (check) expect(doctor[check]).toMatch(words)
  else
    expect(doctor).toMatchObject({
      curves: 'every chunk has its checksum',
      runs: 'every configuration and sample has its checksum',
    })
})

it('a damaged summary is counted again before points are added to it', async () => {
  const store = openStore(await flipped('series', 'summary', 15), readStored)
  await store.write(() => store.metrics.append(id, [{ ...curve, steps: Float64Array.of(7, 8, 9) }]))
  expect(store.metrics.summaries([id]).get(id)).toMatchObject([{ count: 9, min: 1.5 }])
  await store.close()
})

it('rows that an older version stored have no checksum and are read', async () => {
  const folder = freshFolder()
  const { db } = openForWriting(join(folder, 'unroll.db'), migrations.slice(0, 2))
  const blob = (column: Float64Array) => Buffer.from(column.buffer)
  db.exec(
    `INSERT INTO runs (id, name, status, created_at, config, color, version) VALUES ('${id}', 'a', 'finished', 1, '${config}', '0', 1)`,
  )
  db.prepare('INSERT INTO series VALUES (1, ?, ?, ?)').run(
    id,
    'train/loss',
    blob(Float64Array.of(3, 1.5, 3, 1.5, 3, 3, 1)),
  )
  db.prepare('INSERT INTO chunks VALUES (1, 1, 0, 3, 1, 3, ?)').run(
    Buffer.concat([blob(curve.steps), blob(curve.values), blob(curve.times)]),
  )
  db.exec(`INSERT INTO samples VALUES (1, '${id}', 2, 1, 'drawn 2', NULL)`)
  db.exec(`INSERT INTO datasets VALUES ('mine', 'mine.txt', 3, 3, 1, 'utf-8', 'f', 1, '{"preview":"abc"}')`)
  db.close()
  const store = openStore(folder, readStored)
  expect(metricTable(store.database).faults()).toEqual([])
  expect(runFaults(store.database)).toEqual([])
  expect([...store.metrics.read(id)[0]!.values]).toEqual(values)
  expect(store.metrics.summaries([id]).get(id)).toMatchObject([{ count: 3, last: 1.5 }])
  expect(store.runs.samples(id)).toMatchObject([{ text: 'drawn 2' }])
  expect(store.runs.row(id)).toMatchObject({ error: null, config: { seed: 5 } })
  expect(store.datasets.get('mine')?.preview).toBe('abc')
  await store.close()
})
