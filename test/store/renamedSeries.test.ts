// A database of version 4, whose curves have former names: they get those of today with all their points, in one step, wherever it can be
// written; elsewhere a copy is read. What was damaged stays so.
import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricRow } from '../../src-main/contract/metrics.ts'
import { currentName, renamedMetrics } from '../../src-main/contract/renamedMetrics.ts'
import { tasks } from '../../src-main/engine/tasks/index.ts'
import { openForReading, openForWriting } from '../../src-main/store/db.ts'
import { metricTable } from '../../src-main/store/metrics.ts'
import { migrations } from '../../src-main/store/migrations.ts'
import { renameSeries } from '../../src-main/store/renamedSeries.ts'
import { freshFolder } from './folder.ts'

const former = migrations.slice(0, 4)
const [a, b] = ['a'.repeat(26), 'b'.repeat(26)]
/** Former and today's names in the order in which they are stored. */
const names = [
  ['train/loss', 'train/loss'],
  ['val/exact', 'val/sequence_accuracy'],
  ['val/beyond_exact', 'val/extrapolation_accuracy'],
  ['val/legal', 'val/legal_set_accuracy'],
  ['val/length_right', 'val/length_accuracy'],
  ['val/bit_error', 'val/bit_error_rate'],
  ['train/true_inputs', 'train/teacher_forcing_ratio'],
  ['train/omega', 'train/vanishing_gradient_penalty'],
  ['train/step_rate', 'train/step_length'],
  ['flow/encoder.layers.0.reverse/first_over_last', 'gradient_ratio/encoder.layers.0.reverse'],
  ['radius/layers.1.w_hh.f', 'spectral_radius/layers.1.w_hh.f'],
  ['val/exactly', 'val/exactly'],
  ['flow//first_over_last', 'flow//first_over_last'],
] as const
const points = Float64Array.of(3, NaN, 1)

/** A closed database of version 4 with runs `a` and `b` that have every curve. */
function formerDatabase(): string {
  const path = join(freshFolder(), 'unroll.db')
  const { db } = openForWriting(path, former)
  for (const id of [a, b])
    db.exec(
      `INSERT INTO runs (id, name, status, created_at, config, color, version) VALUES ('${id}', '', 'finished', 1, '{}', '0', 1)`,
    )
  const { append } = metricTable(db)
  for (const id of [a, b])
    append(
      id,
      names.map(([name]) => ({ name, steps: Float64Array.of(1, 2, 3), values: points, times: points })),
    )
  db.close()
  return path
}

const read = (db: Database.Database) => {
  const table = metricTable(db)
  return {
    curves: table.read(a).map(({ name, values }) => [name, ...values]),
    summaries: table
      .summaries([b])
      .get(b)!
      .map(({ name, count, min, last }) => [name, count, min, last]),
    faults: table.faults(),
  }
}
const renamed = {
  curves: names.map(([, name]) => [name, ...points]),
  summaries: names.map(([, name]) => [name, 3, 1, 1]),
  faults: [],
}

describe('curves with former names', () => {
  it('have those of today after opening, with their points, and keep them at the next one', () => {
    const path = formerDatabase()
    for (let i = 0; i < 2; i++) {
      const { db } = openForWriting(path)
      expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
      expect(read(db)).toEqual(renamed)
      renameSeries(db)
      expect(read(db)).toEqual(renamed)
      db.close()
    }
  })

  it('keep all of the former names if the step is broken off', () => {
    const path = formerDatabase()
    const brokenOff = (db: Database.Database) => {
      renameSeries(db)
      throw new Error('broken off')
    }
    expect(() => openForWriting(path, [...former, brokenOff])).toThrow('broken off')
    const { db: before } = openForWriting(path, former)
    expect(read(before).curves.map(([name]) => name)).toEqual(names.map(([name]) => name))
    before.close()
    const { db } = openForWriting(path)
    expect(read(db)).toEqual(renamed)
    db.close()
  })

  it('are read under those of today where nothing can be written, and the file stays as it is', () => {
    const path = formerDatabase()
    const hash = () => createHash('sha256').update(readFileSync(path)).digest('hex')
    const before = hash()
    const { db } = openForReading(path)
    expect(read(db)).toEqual(renamed)
    expect(() => db.exec('DELETE FROM runs')).toThrow('readonly')
    db.close()
    expect(hash()).toBe(before)
  })

  it('stay damaged where their summary was, and unchecked where there was no checksum', () => {
    const path = formerDatabase()
    const raw = new Database(path)
    raw.exec(`UPDATE series SET checksum = checksum + 1 WHERE run_id = '${a}' AND name = 'val/exact'`)
    raw.exec(`UPDATE series SET checksum = NULL WHERE run_id = '${b}'`)
    raw.close()
    const { db } = openForWriting(path)
    const { faults, ...same } = read(db)
    expect(same).toEqual({ curves: renamed.curves, summaries: renamed.summaries })
    expect(faults).toEqual([
      expect.stringMatching(`run ${a}: the summary of val/sequence_accuracy is damaged`),
    ])
    const unchecked = db.prepare('SELECT count(*) FROM series WHERE checksum IS NULL AND run_id = ?').pluck()
    expect(unchecked.get(b)).toBe(names.length)
    db.close()
  })

  it('keep the former name where the run has a curve of today’s too, so none is lost', () => {
    const path = formerDatabase()
    const { db: old } = openForWriting(path, former)
    const values = Float64Array.of(7)
    metricTable(old).append(a, [{ name: 'val/legal_set_accuracy', steps: values, values, times: values }])
    old.close()
    const { db } = openForWriting(path)
    const curves = new Map(
      metricTable(db)
        .read(a)
        .map(({ name, values }) => [name, [...values]]),
    )
    expect([curves.get('val/legal'), curves.get('val/legal_set_accuracy')]).toEqual([[...points], [7]])
    expect(metricTable(db).faults()).toEqual([])
    db.close()
  })
})

it('every renamed metric has a row under the name of today, and none under the former one', () => {
  const rows = tasks.flatMap(({ metrics }) => metrics)
  for (const [then, now] of renamedMetrics) {
    const [old, name] = [then.replace('*', 'layers.0'), now.replace('*', 'layers.0')]
    expect(metricRow(name, rows), name).toBeDefined()
    expect(metricRow(old, rows), old).toBeUndefined()
    expect([currentName(old), currentName(name)]).toEqual([name, name])
  }
})
