// `npm run bench`: throughput of whole training steps (forward, backward, clipping, Adam) beside PyTorch in the same run, as ratios.
// Options: --seconds N per measurement (3), --threads N (1), --only lstm|gru|rnn, --json.
import { parseArgs } from 'node:util'
import { parseConfig } from '../../src-main/contract/validate.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import { loadAddon } from '../../src-main/engine/run/native.ts'
import { openPeer, type Workload } from './peer.ts'

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, threads: { type: 'string', default: '1' }, only: { type: 'string' }, json: { type: 'boolean', default: false } },
}) // prettier-ignore
const seconds = Number(options.seconds)
const threads = Number(options.threads)

const sizes = [
  { batch: 32, window: 50, symbols: 96, hidden: 128 },
  { batch: 64, window: 50, symbols: 96, hidden: 256 },
  { batch: 64, window: 50, symbols: 96, hidden: 512 },
]
const gates = { lstm: 4, gru: 3, rnn: 1 }
/** Nominal work per symbol: 6 FLOP per weight used, one-hot inputs counted as the dense product they stand for. */
const flops = ({ cell, symbols, hidden }: Workload) =>
  6 * (gates[cell] * hidden * (symbols + hidden) + symbols * hidden)

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!

/** Seconds per step of our own training, as a run drives it. */
function measureOurs(workload: Workload): number[] {
  const { cell, batch, window, symbols, hidden } = workload
  const config = parseConfig({
    seed: 1,
    data: { kind: 'text', dataset: 'bench', validation: 0 },
    model: { cell, hidden, input: 'onehot' },
    train: {
      window,
      batch,
      steps: 1e9,
      logEvery: 1000,
      evalEvery: 0,
      sampleEvery: 0,
      checkpointEvery: 1e6,
      threads,
    },
  }) as RunConfig
  const text = Array.from({ length: batch * window * 20 }, (_, i) =>
    String.fromCharCode(33 + ((i * 7919 + (i >> 5) * 31) % symbols)),
  ).join('')
  const { executor } = chooseExecutor('native', threads)
  const events = openTraining({ config, text }, executor).events()
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  let last = performance.now()
  while (last < end || times.length < 5) {
    const event = events.next()
    if (event.done) throw new Error('the training ended early')
    if (event.value.kind !== 'step') continue
    const now = performance.now()
    times.push((now - last) / 1000)
    last = now
  }
  events.return()
  return times.slice(2)
}

const peer = await openPeer()
const addon = loadAddon()
if ('unavailable' in addon) throw new Error(`the bench measures the native core: ${addon.unavailable}`)
const peak = addon.fmaPeak(300)
const rows: Record<string, string | number>[] = []
const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`)
say(
  `FMA peak of one core: ${peak.toFixed(0)} GFLOP/s; ${chooseExecutor('native', threads).executor.description}; ${threads} thread(s)`,
)
say(
  peer
    ? `PyTorch ${peer.version}`
    : 'PyTorch is not installed (UNROLL_PYTHON names an interpreter that has it): no ratios.',
)
for (const cell of ['lstm', 'gru', 'rnn'] as const) {
  if (options.only && options.only !== cell) continue
  for (const size of sizes) {
    const workload = { cell, ...size }
    const ours: number[] = []
    const theirs: number[] = []
    // In turns, so that a busy moment of the machine does not fall on one side alone.
    for (let turn = 0; turn < 2; turn++) {
      ours.push(median(measureOurs(workload)))
      if (peer) theirs.push(median(await peer.measure(workload, seconds, threads)))
    }
    const symbolsPerStep = size.batch * size.window
    const rate = (list: number[]) => symbolsPerStep / Math.min(...list)
    const gflops = (rate(ours) * flops(workload)) / 1e9
    rows.push({
      workload: `${cell} B${size.batch} T${size.window} V${size.symbols} H${size.hidden}`,
      'ours k symbols/s': +(rate(ours) / 1e3).toFixed(1),
      'ours GFLOP/s': +gflops.toFixed(1),
      'share of peak': `${((100 * gflops) / (peak * threads)).toFixed(0)} %`,
      ...(peer && {
        'PyTorch k symbols/s': +(rate(theirs) / 1e3).toFixed(1),
        ratio: +(rate(ours) / rate(theirs)).toFixed(2),
      }),
    })
    say(JSON.stringify(rows.at(-1)))
  }
}
peer?.close()
if (options.json)
  process.stdout.write(`${JSON.stringify({ peak, threads, peer: peer?.version ?? null, rows })}\n`)
else console.table(rows)
