// Benchmark of a training step: its time, and the distance of each call from the roofline (Williams et al., CACM 2009). The caller provides
// clock and executor.
import type { BenchCall, BenchReport } from '../../contract/bench.ts'
import type { RunConfig } from '../../contract/config.ts'
import type { ProgramCall, ProgramItem } from '../../contract/programGraph.ts'
import type { Program } from '../compile/program.ts'
import { taskOf } from '../tasks/index.ts'
import type { Executable, Executor } from '../run/executor.ts'
import { loadAddon } from '../run/native.ts'
import { fastestBy, profileProgram, type Measure } from '../run/profile.ts'
import { TrainingPrograms, programsOf } from '../training/trainingPrograms.ts'
import { openTraining } from '../openTraining.ts'
import { explainProgram } from './explain.ts'

/** Limit on the seconds spent on each call of a profile. */
const perCall = 0.05
/** Elements of the copy that measures memory bandwidth: larger than any cache. */
const copied = 1 << 23

/** A text in an order that no model learns quickly, long enough for several epochs of short steps. */
export function benchText(symbols: number, { train: { batch, window } }: RunConfig): string {
  const length = Math.max(batch * window * 4, 1000) + 1
  return Array.from({ length }, (_, i) =>
    String.fromCodePoint(0x4e00 + ((i * 7919 + (i >> 5) * 31) % symbols)),
  ).join('')
}

/** Measures training steps for about `seconds`; with `profile`, also every call alone. `now` in seconds. */
export function benchStep(
  config: RunConfig,
  text: string,
  executor: Executor,
  { seconds, profile }: { seconds: number; profile: boolean },
  now: () => number,
): BenchReport {
  const begun = now()
  const training = openTraining({ config, text }, executor)
  const compileSeconds = now() - begun
  const times: number[] = []
  let last = now()
  for (const event of training.events()) {
    if (event.kind !== 'step') continue
    times.push(now() - last)
    last = now()
    if (last - begun - compileSeconds > seconds && times.length > 4) break
  }
  // The first steps run with cold caches.
  const warm = (times.length > 4 ? times.slice(2) : times).toSorted((a, b) => a - b)
  const graph = explainProgram(config, text, executor)
  const peak = executor.id === 'native' ? peaks(executor, config.runtime.threads, now) : null
  return {
    executor: executor.description,
    threads: config.runtime.threads,
    peak,
    seconds: { median: warm[Math.floor(warm.length / 2)]!, fastest: warm[0]! },
    steps: times.length,
    symbolsPerStep: training.symbolsPerStep,
    work: { products: graph.totals.products, flops: graph.totals.flops },
    memoryBytes: training.memoryBytes,
    compileSeconds,
    calls: profile
      ? profiled(
          config,
          text,
          executor,
          callsOf(graph.program),
          peak,
          fastestBy(now, Math.min(perCall, seconds / 10)),
        )
      : [],
  }
}

function peaks(executor: Executor, threads: number, now: () => number): BenchReport['peak'] {
  const addon = loadAddon()
  if ('unavailable' in addon) return null
  return { flops: addon.fmaPeak(300) * 1e9 * threads, bandwidth: copyBandwidth(executor, now) }
}

/** Memory bandwidth: bytes read and written per second by a long copy with the elementwise kernel. */
export function copyBandwidth(executor: Executor, now: () => number): number {
  const at = (offset: number) => ({ offset, shape: [copied], strides: [1], loop: [] })
  const copy = { kernel: 'ew', outs: [at(copied)], ins: [at(0)], packed: 0, code: [], results: [0], note: 'copy' } as const // prettier-ignore
  const program: Program = {
    size: 2 * copied,
    slots: new Map([['from', { kind: 'input', offset: 0, shape: [copied] }]]),
    code: [{ ...copy, outs: [...copy.outs], ins: [...copy.ins], code: [], results: [0] }],
  }
  const executable = executor.load(program)
  executable.write('from', new Float32Array(copied).fill(1))
  const seconds = fastestBy(now, 0.3)(() => void executable.run({ seed: [1, 2], step: 0 }))
  executable.dispose()
  return (2 * copied * executor.bytesPerElement) / seconds
}

const callsOf = (items: readonly ProgramItem[]): ProgramCall[] =>
  items.flatMap((item) => ('body' in item ? callsOf(item.body) : [item]))

/** The profile of every call, on the values of a first training step. */
function profiled(
  config: RunConfig,
  text: string,
  executor: Executor,
  programCalls: readonly ProgramCall[],
  peak: BenchReport['peak'],
  measure: Measure,
): BenchCall[] {
  const task = taskOf(config, text)
  const programs = programsOf(task, config)
  const loaded = new TrainingPrograms(task, programs, executor)
  loaded.initialise(config)
  task.feed(loaded.main, 0)
  const kept = [...programs.train.slots].filter(([, slot]) => slot.kind !== 'output')
  const values = new Map(kept.map(([name]) => [name, loaded.main.read(name)]))
  loaded.dispose()
  const prepare = (executable: Executable) => values.forEach((value, name) => executable.write(name, value))
  const { calls } = profileProgram(executor, programs.train, measure, prepare)
  return calls.map(({ index, kernel, times, seconds, share, flops, bytes }) => {
    const { title, section } = programCalls[index]!
    const [compute, memory] = peak ? [flops / peak.flops, bytes / peak.bandwidth] : [0, 0]
    const roof = Math.max(compute, memory)
    const bound = compute >= memory ? 'compute' : 'memory'
    return { kernel, title, section, times, seconds, share, flops, bytes, bound, roof, distance: roof > 0 ? seconds / roof : NaN } // prettier-ignore
  })
}
