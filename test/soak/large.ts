// A long text on one line through the whole app: made, imported, planned, trained on, looked at, removed. Says how long each took and how
// much memory the process had at most above what it had before. `node test/soak/large.ts [--mb 1024] [--import]`
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src-main/app.ts'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import type { RunRow } from '../../src-main/contract/run.ts'

const MB = 2 ** 20

/** One line of `megabytes` MB: words with letters of one and two bytes. */
export function writeLongLine(path: string, megabytes: number): void {
  const words = Buffer.from('the naïve fox jumps over a lazy dög and runs away '.repeat(21_000))
  // The last bytes must not cut a letter.
  const block = Buffer.concat([words.subarray(0, MB - 64), Buffer.alloc(64, 'x')])
  block.fill('y', MB - 66, MB - 64)
  const file = openSync(path, 'w')
  for (let i = 0; i < megabytes; i++) writeSync(file, block)
  closeSync(file)
}

export interface Stage {
  stage: string
  seconds: number
  /** Most memory above the beginning, in MB. */
  megabytes: number
}

export interface LargeReport {
  bytes: number
  characters: number
  stages: Stage[]
  files: number
}

const config = (dataset: string): RunConfigInput => ({
  seed: 3,
  data: { kind: 'text', dataset, validation: 0.0005 },
  model: { cell: 'lstm', hidden: 32 },
  train: { steps: 200, window: 32, batch: 8 },
  logging: { evalEvery: 0, sampleEvery: 0, logEvery: 50 },
})

/** Throws when the import or the run fails. */
export async function largeText(megabytes: number, importOnly = false): Promise<LargeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-large-'))
  const path = join(folder, 'line.txt')
  const app = await createApp({ dataDir: join(folder, 'data') })
  const stages: Stage[] = []
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)
  try {
    writeLongLine(path, megabytes)
    await app.call('data.list', {})
    const before = process.memoryUsage.rss()
    const stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      peak = 0
      const started = performance.now()
      const result = await work()
      const round = (n: number) => Math.round(n * 10) / 10
      stages.push({
        stage: name,
        seconds: round((performance.now() - started) / 1000),
        megabytes: round((Math.max(peak, process.memoryUsage.rss()) - before) / MB),
      })
      return result
    }
    const { id, bytes, characters } = await stage('import', () =>
      app.call('data.importFile', { path }, { local: true }),
    )
    if (!importOnly) {
      await stage('plan', () => app.call('config.plan', { config: config(id) }))
      const run = await stage('train 200 steps', async (): Promise<RunRow> => {
        const { id: runId } = await app.call('runs.launch', { config: config(id) })
        for (;;) {
          const { run: row } = await app.call('runs.get', { id: runId })
          if (row.status !== 'queued' && row.status !== 'running') return row
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      })
      if (run.status !== 'finished') throw new Error(`the run is ${run.status}: ${JSON.stringify(run.error)}`)
      await stage('look inside', () =>
        app.call('inspect.text', { id: run.id, layer: 0, offset: 100, length: 200 }),
      )
    }
    await app.call('data.remove', { id })
    return { bytes, characters, stages, files: readdirSync(join(folder, 'data', 'datasets')).length }
  } finally {
    clearInterval(timer)
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.filename === process.argv[1]) {
  const at = process.argv.indexOf('--mb')
  const report = await largeText(
    at < 0 ? 1024 : Number(process.argv[at + 1]),
    process.argv.includes('--import'),
  )
  console.log(JSON.stringify(report, null, 2))
}
