// Apps over fresh folders for tests, closed after each, with helpers to wait for what happens in them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { createApp, type App, type AppOptions } from '../../src-main/app.ts'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import type { EventName, Events } from '../../src-main/contract/events.ts'
import type { RunRow, RunStatus } from '../../src-main/contract/run.ts'
import { freshFolder } from '../store/folder.ts'
import { grouped, type FlatOptions } from '../options.ts'

export const standIn = new URL('../jobs/standInEngine.ts', import.meta.url).href

export async function openApp(options: Partial<AppOptions> = {}): Promise<App> {
  const app = await createApp({ dataDir: freshFolder(), engineUrl: standIn, pollMs: 50, ...options })
  onTestFinished(() => app.close())
  return app
}

/** With the real engine. */
export const openRealApp = async (options: Partial<AppOptions> = {}): Promise<App> => {
  const app = await createApp({ dataDir: freshFolder(), pollMs: 50, ...options })
  onTestFinished(() => app.close())
  return app
}

/** A run of the stand-in engine: `lr` is milliseconds per step. */
export const shortRun = (
  options: FlatOptions = {},
  model: NonNullable<RunConfigInput['model']> = {},
): RunConfigInput => ({
  seed: 5,
  data: { kind: 'series' },
  model,
  ...grouped({ steps: 60, lr: 1, logEvery: 1, sampleEvery: 20, checkpointEvery: 20, ...options }),
})

export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const rowOf = async (app: App, id: string): Promise<RunRow> => (await app.call('runs.get', { id })).run

export const hasStatus = (app: App, id: string, ...wanted: RunStatus[]): Promise<RunRow> =>
  until(`${id} to be ${wanted.join(' or ')}`, async () => {
    const row = await rowOf(app, id)
    return wanted.includes(row.status) && row
  })

export const reaches = (app: App, id: string, step: number): Promise<RunRow> =>
  until(`step ${step}`, async () => {
    const row = await rowOf(app, id)
    return row.step >= step && row
  })

/** All events of a name from now on. */
export function heard<E extends EventName>(app: App, name: E): Events[E][] {
  const list: Events[E][] = []
  app.on(name, (event) => list.push(event))
  return list
}

/** Steps and values of one curve. */
export async function curve(
  app: App,
  id: string,
  name = 'train/loss',
): Promise<{ steps: number[]; values: number[] }> {
  const [found] = await app.call('runs.metrics', { ids: [id], names: [name] })
  const chunk = found!.chunks[0]
  return { steps: [...(chunk?.steps ?? [])], values: [...(chunk?.values ?? [])] }
}

/** One app with the real engine for all tests of a `describe`; ask for it inside a test. */
export function sharedRealApp(): () => App {
  let app: App
  const dataDir = mkdtempSync(join(tmpdir(), 'unroll-test-'))
  beforeAll(async () => {
    app = await createApp({ dataDir })
  })
  afterAll(async () => {
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return () => app
}
