// Where a training step spends its time: every kernel call of the compiled program alone, in its loops, the dearest first.
// Usage: node test/bench/profile.ts [--cell lstm] [--hidden 256] [--batch 64] [--window 50] [--layers 1] [--threads 1] [--rows 25]
//   [--train '{"zoneout": 0.1}'] [--model '{"input": "embedding"}'] [--symbols 96]
import { parseArgs } from 'node:util'
import type { Program } from '../../src-main/engine/compile/program.ts'
import { chooseExecutor, openTraining, profileProgram } from '../../src-main/engine/index.ts'
import type { Executable, Executor } from '../../src-main/engine/run/executor.ts'
import { loadAddon } from '../../src-main/engine/run/native.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { fastest } from './stopwatch.ts'
import { grouped } from '../options.ts'

const { values: options } = parseArgs({
  options: {
    cell: { type: 'string', default: 'lstm' },
    hidden: { type: 'string', default: '256' },
    batch: { type: 'string', default: '64' },
    window: { type: 'string', default: '50' },
    layers: { type: 'string', default: '1' },
    symbols: { type: 'string', default: '96' },
    threads: { type: 'string', default: '1' },
    rows: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '0.4' },
    model: { type: 'string', default: '{}' },
    train: { type: 'string', default: '{}' },
  },
})
const [hidden, batch, window, layers, threads, symbols] = [
  options.hidden,
  options.batch,
  options.window,
  options.layers,
  options.threads,
  options.symbols,
].map(Number) as [number, number, number, number, number, number]
const { executor } = chooseExecutor('native', threads)

/** The program of a training step with what was written into it, caught on their way to the executor. */
function caught(): { program: Program; written: Map<string, ArrayLike<number>> } {
  const loaded: { program: Program; written: Map<string, ArrayLike<number>> }[] = []
  const spy: Executor = {
    ...executor,
    load: (program) => {
      const executable = executor.load(program)
      const written = new Map<string, ArrayLike<number>>()
      loaded.push({ program, written })
      const write: Executable['write'] = (name, values) => {
        written.set(name, values)
        executable.write(name, values)
      }
      return { ...executable, write }
    },
  }
  const config = parseConfig({
    seed: 1,
    data: { kind: 'text', dataset: 'bench', validation: 0 },
    model: { cell: options.cell, hidden, layers, input: 'onehot', ...JSON.parse(options.model) },
    ...grouped({ window, batch, threads, steps: 1e9, logEvery: 1000, evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6, ...JSON.parse(options.train) }),
  }) as RunConfig // prettier-ignore
  const text = Array.from({ length: Math.max(batch * window * 4, symbols * 2) }, (_, i) =>
    String.fromCharCode(0x100 + ((i * 7919) % symbols)),
  ).join('')
  const events = openTraining({ config, text }, spy).events()
  while (events.next().value?.kind !== 'step');
  return loaded.reduce((a, b) => (a.program.code.length > b.program.code.length ? a : b))
}

const { program, written } = caught()
const { seconds, calls } = profileProgram(
  executor,
  program,
  (run) => fastest(run, Number(options.seconds), threads),
  (executable) => written.forEach((values, name) => executable.write(name, values)),
)
const addon = loadAddon()
const peak = 'unavailable' in addon ? NaN : addon.fmaPeak(200)
const sum = calls.reduce((total, call) => total + call.seconds, 0)
const ms = (s: number) => (1000 * s).toFixed(3)
console.log(
  `${executor.description}; multiply-add peak ${peak.toFixed(0)} GFLOP/s; arena ${(program.size / 2 ** 18).toFixed(1)} MiB; ` +
    `${calls.length} calls, whole step ${ms(seconds)} ms, calls alone ${ms(sum)} ms`,
)
for (const kernel of new Set(calls.map((call) => call.kernel))) {
  const own = calls.filter((call) => call.kernel === kernel).reduce((total, call) => total + call.seconds, 0)
  console.log(
    `  ${kernel.padEnd(12)} ${ms(own).padStart(9)} ms ${((100 * own) / sum).toFixed(0).padStart(4)} %`,
  )
}
console.table(
  calls.slice(0, Number(options.rows)).map((call) => ({
    kernel: call.kernel,
    times: call.times,
    ms: +ms(call.seconds),
    '%': Math.round(100 * call.share),
    'GFLOP/s': +(call.flops / call.seconds / 1e9).toFixed(1),
    'GB/s': +(call.bytes / call.seconds / 1e9).toFixed(1),
    detail: call.detail,
    note: call.note.slice(0, 44),
  })),
)
