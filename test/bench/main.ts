// `npm run bench`: whole training steps beside PyTorch in the same run, as ratios; then what has no peer.
// Options: --only PATTERN (regular expression on the names; --list shows them), --seconds N per side and turn (3), --compile (also
// PyTorch's compiled cells: half a minute of compiling each, needs a C++ compiler), --json.
import { parseArgs } from 'node:util'
import { chooseExecutor } from '../../src-main/engine/index.ts'
import { loadAddon } from '../../src-main/engine/run/native.ts'
import { measureMemory } from './memory.ts'
import { openPeer } from './peer.ts'
import { measureRate, type Row } from './rates.ts'
import { singles } from './singles.ts'
import { workloads } from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '3' },
    compile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})
const seconds = Number(options.seconds)
const only = new RegExp(options.only)
const memoryOf = ['lstm-128', 'lstm-512', 'reviews', 'layernorm-lstm-128']

/** What is to be measured, by name. */
type Measurement = () => Promise<Row[]> | Row[]
const measurements: [string, Measurement][] = [
  ...workloads.map((w): [string, Measurement] => [
    w.id,
    async () => [await measureRate(w, peer, { seconds, peak, compile: options.compile })],
  ]),
  ...memoryOf.map((id): [string, Measurement] => [`memory-${id}`, async () => [await measureMemory(id)]]),
  ...Object.entries(singles).map(([name, run]): [string, Measurement] => [name, () => run(seconds)]),
]
const chosen = measurements.filter(([name]) => only.test(name))
if (options.list) {
  for (const [name] of measurements) console.log(name)
  process.exit(0)
}
if (chosen.length === 0) throw new RangeError(`--only ${options.only} names nothing; see --list`)

const addon = loadAddon()
if ('unavailable' in addon) throw new Error(`the bench measures the native core: ${addon.unavailable}`)
const peak = addon.fmaPeak(300)
const peer = await openPeer()
const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`)
say(`FMA peak of one core: ${peak.toFixed(0)} GFLOP/s; ${chooseExecutor('native', 1).executor.description}`)
say(
  peer
    ? `PyTorch ${peer.version}`
    : 'PyTorch is not installed (UNROLL_PYTHON names an interpreter that has it): no ratios.',
)
const tables: Row[][] = []
for (const [, measure] of chosen) {
  const rows = await measure()
  for (const row of rows) say(JSON.stringify(row))
  tables.push(rows)
}
peer?.close()
if (options.json)
  process.stdout.write(`${JSON.stringify({ peak, peer: peer?.version ?? null, rows: tables.flat() })}\n`)
