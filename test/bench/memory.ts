// Peak memory of a workload in a fresh process, ours and PyTorch's: the largest resident set, what of it came with the training, and
// what the plan says before anything is allocated.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openOurs } from './ours.ts'
import { openPeer } from './peer.ts'
import type { Row } from './rates.ts'
import { workloadById } from './workloads.ts'

interface Used {
  /** Largest resident set of the process, bytes. */
  rss: number
  /** How far the resident set has grown since the modules were loaded. */
  grown: number
  planned: number
}

const steps = 6
const mebibytes = (bytes: number): number => +(bytes / 2 ** 20).toFixed(1)

/** Runs in the fresh process. */
function use(id: string): Used {
  const before = process.memoryUsage.rss()
  const ours = openOurs(workloadById(id))
  for (let i = 0; i < steps; i++) ours.step()
  return {
    rss: process.resourceUsage().maxRSS * 1024,
    grown: process.memoryUsage.rss() - before,
    planned: ours.planned,
  }
}

export async function measureMemory(id: string): Promise<Row> {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), id], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  const { rss, grown, planned } = JSON.parse(child.stdout) as Used
  const peer = await openPeer()
  const theirs = peer ? (await peer.measure(workloadById(id), 0)).rss : undefined
  peer?.close()
  return {
    workload: `memory ${id}`,
    'ours MiB': mebibytes(rss),
    'grown MiB': mebibytes(grown),
    'planned MiB': mebibytes(planned),
    ...(theirs !== undefined && {
      'PyTorch MiB': mebibytes(theirs),
      'share of PyTorch': `${((100 * rss) / theirs).toFixed(0)} %`,
    }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(JSON.stringify(use(process.argv[2]!)))
