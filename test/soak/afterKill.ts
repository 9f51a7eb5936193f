// What must hold in a data folder right after a kill, compared with the same run undisturbed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createApp, type App } from '../../src-main/app.ts'
import { openForReading } from '../../src-main/store/db.ts'
import type { Life } from './killedRun.ts'

/** What must be equal between a disturbed and an undisturbed run: every curve but the speed, and the weights. */
export interface Product {
  curves: Map<string, { steps: number[]; values: number[] }>
  weights: string
}

/** The curves of a run and the hash of its newest weights. */
export async function productOf(app: App, id: string): Promise<Product> {
  const [found] = await app.call('runs.metrics', { ids: [id] })
  const curves = new Map(
    found!.chunks
      .filter(({ name }) => name !== 'train/tokens_per_second')
      .map(({ name, steps, values }) => [name, { steps: [...steps], values: [...values] }]),
  )
  const { checkpoints, run } = await app.call('runs.get', { id })
  if (!checkpoints.length) return { curves, weights: '' }
  const { bytes } = await app.call('runs.export', {
    id,
    what: 'weights',
    step: run.status === 'finished' ? run.step : checkpoints[0]!.step,
  })
  return { curves, weights: createHash('sha256').update(bytes).digest('hex') }
}

/** Throws `what` unless the condition holds. */
export const demand = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what)
}

/** What must hold in the folder right after a kill. Returns the run's id, '' if the child died before it made one. */
export async function inspect(
  folder: string,
  lived: Life,
  reference: Product,
): Promise<{ id: string; step: number; finished: boolean }> {
  if (!existsSync(join(folder, 'unroll.db'))) {
    demand(!lived.id, 'the database of an acknowledged run is gone')
    return { id: '', step: 0, finished: false }
  }
  const { db } = openForReading(join(folder, 'unroll.db'))
  demand(db.pragma('integrity_check', { simple: true }) === 'ok', 'the database is damaged')
  db.close()
  const app = await createApp({ dataDir: folder })
  try {
    const { runs } = await app.call('runs.list', { limit: 1 })
    const run = runs[0]
    if (!run || (lived.id && run.id !== lived.id)) {
      demand(!lived.id, 'an acknowledged run is gone')
      return { id: '', step: 0, finished: false }
    }
    const known: string[] = lived.ended === 'finished' ? ['finished'] : ['interrupted', 'finished', 'paused']
    demand(known.includes(run.status), `status ${run.status} after a kill`)
    const { curves } = await productOf(app, run.id)
    for (const [name, { steps, values }] of curves) {
      demand(new Set(steps).size === steps.length, `${name} has a step twice`)
      const expected = reference.curves.get(name)
      const at = new Map(expected?.steps.map((step, i) => [step, expected.values[i]]))
      steps.forEach((step, i) =>
        demand(
          Object.is(at.get(step), values[i]),
          `${name} at step ${step}: ${values[i]}, undisturbed ${at.get(step)}`,
        ),
      )
    }
    for (const [name, steps] of lived.acknowledged) {
      const stored = new Set(curves.get(name)?.steps)
      for (const step of steps)
        demand(
          name === 'train/tokens_per_second' || stored.has(step),
          `acknowledged ${name} of step ${step} is lost`,
        )
    }
    const { ok, checks } = await app.call('app.doctor', {})
    const sick = checks.filter(
      (check) => !check.ok && check.name !== 'engine' && check.name !== 'left-over files',
    )
    demand(ok || sick.length === 0, `doctor: ${JSON.stringify(sick)}`)
    demand(
      !readdirSync(folder, { recursive: true }).some((file) => String(file).endsWith('.tmp')),
      'temp files are left',
    )
    const { checkpoints } = await app.call('runs.get', { id: run.id })
    return { id: run.id, step: checkpoints[0]?.step ?? 0, finished: run.status === 'finished' }
  } finally {
    await app.close()
  }
}
