// One seed of one preset through the command line: trains it in a data folder of its own at the lowest priority, then reads what the
// preset promises.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Preset, PresetPromise } from '../../src-main/contract/catalog.ts'
import { nearest } from '../../src-main/contract/errors.ts'
import type { LabelRanking } from '../../src-main/contract/inspect.ts'

const program = fileURLToPath(new URL('../../bin/unroll.mjs', import.meta.url))

/** What one seed reached, in the order of the preset's promises; NaN if the run failed. */
export interface Reached {
  seed: number
  values: number[]
  /** Last value of the baseline of each promise; null for a promise without one. */
  baselines: (number | null)[]
  /** Of training. */
  seconds: number
}

export interface TrainFlags {
  /** Path of the file that the preset needs. */
  data: string | undefined
  /** Settings that differ from the preset's, `key=value`. */
  set: readonly string[]
}

/** What `train --json` prints last. */
interface Ended {
  event: 'finished'
  status: string
  seconds: number
  summaries: Record<string, { last: number | null }>
}

/** The last JSON line that a command prints. Throws with the command's errors if it fails, but for a run that was trained and failed. */
function lastLine<T>(home: string, args: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args, '--json'], {
      env: { ...process.env, UNROLL_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    let output = ''
    let errors = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const line = output.trim().split('\n').at(-1)!
      if (code === 0 || line.startsWith('{"event":"finished"')) resolve(JSON.parse(line) as T)
      else reject(new Error(`unroll ${args.join(' ')} ended with ${signal ?? code}: ${errors || output}`))
    })
  })
}

/** Throws if the run cannot be started or has no metric of that name. */
export async function reach(preset: Preset, seed: number, { data, set }: TrainFlags): Promise<Reached> {
  const home = mkdtempSync(join(tmpdir(), 'unroll-recipe-'))
  try {
    const { status, seconds, summaries } = await lastLine<Ended>(home, [
      ...['train', '--preset', preset.id, '--seed', String(seed), '--threads', '1', '--quiet'],
      ...(preset.needsFile && data !== undefined ? ['--data', data] : []),
      ...set.flatMap((setting) => ['--set', setting]),
    ])
    const values: number[] = []
    for (const promise of preset.promises) {
      if (status !== 'finished') values.push(NaN)
      else values.push(promise.find ? await bestScore(home, promise) : lastValue(summaries, promise.metric))
    }
    const baselines = preset.promises.map(({ baseline }) =>
      baseline === undefined ? null : status === 'finished' ? lastValue(summaries, baseline) : NaN,
    )
    return { seed, values, baselines, seconds }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function lastValue(summaries: Ended['summaries'], metric: string): number {
  const found = summaries[metric]
  if (found) return found.last ?? NaN
  const near = nearest(metric, Object.keys(summaries))
  throw new Error(`The run has no metric ${metric}${near ? `; did you mean ${near}?` : '.'}`)
}

async function bestScore(home: string, { metric, find }: PresetPromise): Promise<number> {
  const { predicate, signal } = find!
  const flags = ['--find', predicate, '--signal', signal, '--top', '1']
  const { scores } = await lastLine<LabelRanking>(home, ['inspect', 'last', ...flags])
  return scores[0]![metric as 'auc' | 'f1']
}
