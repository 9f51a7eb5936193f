// Memory of a workload in fresh processes, ours and PyTorch's, told apart: the largest resident set of all, what of it the training holds
// beside what the plan says of it before anything is allocated, and the rest, which is the language's.
//
// Held is the growth of the resident set from before a training is opened until after its sixth step (the gradient record, made before the
// first, included), with garbage collected on both sides, in a process that has opened and run small trainings of the same kind before:
// code, its compiled forms and the room of the collector are there already. It counts pages, whatever they are for: tensors, working
// space of the kernels, symbols, but also what JavaScript keeps for a training (programs, views, texts). Median of several processes.
// The largest resident set is that of a process that opens this training alone, as the command line would: sources compiled before.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { youngMb } from '../../src-main/jobs/pool.ts'
import { openOurs } from './ours.ts'
import { openPeer } from './peer.ts'
import type { Row } from './rates.ts'
import { workloadById, type Workload } from './workloads.ts'

interface Used {
  /** Largest resident set of the process, bytes. */
  peak: number
  held: number
  planned: number
}

const steps = 6
const warmings = 12
const processes = 5
const mebibytes = (bytes: number): number => +(bytes / 2 ** 20).toFixed(1)

const small = (w: Workload): Workload => ({
  ...w,
  hidden: 16,
  batch: 2,
  window: 4,
  symbols: Math.min(w.symbols, 96),
})

function collected(): number {
  for (let i = 0; i < 3; i++) gc!()
  return process.memoryUsage.rss()
}

/** Bytes. Of the program, where the system tells it: the process's own maximum begins with what its parent held when it was made. */
function largestResident(): number {
  const status = '/proc/self/status'
  const kib = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1]
  return 1024 * (kib ? Number(kib) : process.resourceUsage().maxRSS)
}

/** Runs in the fresh process. */
function use(w: Workload, warm: boolean): Used {
  const train = (given: Workload) => {
    const ours = openOurs(given)
    for (let i = 0; i < steps; i++) ours.step()
    return ours
  }
  for (let i = 0; warm && i < warmings; i++) {
    train(small(w)).close()
    collected()
  }
  const before = collected()
  const ours = train(w)
  const peak = largestResident()
  const held = collected() - before
  // Until here it must be alive.
  ours.step()
  return { peak, held, planned: ours.planned }
}

/** `warm`: after small trainings. */
function inFreshProcess(id: string, warm: boolean): Used {
  const flags = ['--expose-gc', `--max-semi-space-size=${Math.ceil(youngMb / 3)}`]
  const child = spawnSync(
    process.execPath,
    [...flags, fileURLToPath(import.meta.url), id, warm ? 'warm' : 'cold'],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), `unroll-bench-${process.pid}`) },
    },
  )
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as Used
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export async function measureMemory(id: string): Promise<Row> {
  const warm = Array.from({ length: processes }, () => inFreshProcess(id, true))
  const held = median(warm.map((one) => one.held))
  const { planned } = warm[0]!
  const peak = median(Array.from({ length: 3 }, () => inFreshProcess(id, false).peak))
  const peer = await openPeer()
  const theirs = peer ? (await peer.measure(workloadById(id), 0)).rss : undefined
  peer?.close()
  return {
    workload: `memory ${id}`,
    'planned MiB': mebibytes(planned),
    'held MiB': mebibytes(held),
    'held beside planned': `${(100 * (held / planned - 1)).toFixed(1)} %`,
    'language MiB': mebibytes(peak - held),
    'peak MiB': mebibytes(peak),
    ...(theirs !== undefined && {
      'PyTorch MiB': mebibytes(theirs),
      'share of PyTorch': `${((100 * peak) / theirs).toFixed(0)} %`,
    }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(JSON.stringify(use(workloadById(process.argv[2]!), process.argv[3] === 'warm')))
