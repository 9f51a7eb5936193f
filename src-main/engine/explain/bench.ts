// How fast a training step is and how far each of its calls is from the roofline. Whoever asks brings the clock and the executor.
import type { BenchCall, BenchReport } from '../../contract/bench.ts'
import type { RunConfig } from '../../contract/config.ts'
import type { ProgramCall, ProgramItem } from '../../contract/programGraph.ts'
import type { Program } from '../compile/program.ts'
import { taskOf } from '../tasks/index.ts'
import type { Executable, Executor } from '../run/executor.ts'
import { loadAddon } from '../run/native.ts'
import { fastestBy, profileProgram, type Measure } from '../run/profile.ts'
import { Learner, programsOf } from '../training/learner.ts'
import { openTraining } from '../openTraining.ts'
import { explainProgram } from './explain.ts'

/** Seconds spent on each call of a profile, at most. */
const perCall = 0.05
/** Elements of the copy that measures the memory: beyond every cache. */
const copied = 1 << 23

/** Symbols in no order that a model could learn quickly; as many as some epochs of short steps need. */
export function benchText(symbols: number, { train: { batch, window } }: RunConfig): string {
  const length = Math.max(batch * window * 4, 1000) + 1
  return Array.from({ length }, (_, i) =>
    String.fromCodePoint(0x4e00 + ((i * 7919 + (i >> 5) * 31) % symbols)),
  ).join('')
}

/** Trains for about `seconds` and measures; with `profile`, every call alone too. `now` in seconds. */
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
  // The first steps find cold caches.
  const warm = (times.length > 4 ? times.slice(2) : times).toSorted((a, b) => a - b)
  const graph = explainProgram(config, text, executor)
  const peak = executor.id === 'native' ? peaks(executor, config.train.threads, now) : null
  return {
    executor: executor.description,
    threads: config.train.threads,
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

/** Bytes read and written per second by a long copy through the elementwise kernel. */
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

/** Every call on the values of a first training step. */
function profiled(
  config: RunConfig,
  text: string,
  executor: Executor,
  told: readonly ProgramCall[],
  peak: BenchReport['peak'],
  measure: Measure,
): BenchCall[] {
  const task = taskOf(config, text)
  const programs = programsOf(task, config)
  const learner = new Learner(task, programs, executor)
  learner.initialise(config)
  task.feed(learner.main, 0)
  const kept = [...programs.train.slots].filter(([, slot]) => slot.kind !== 'output')
  const values = new Map(kept.map(([name]) => [name, learner.main.read(name)]))
  learner.dispose()
  const prepare = (executable: Executable) => values.forEach((value, name) => executable.write(name, value)) // prettier-ignore
  const { calls } = profileProgram(executor, programs.train, measure, prepare)
  return calls.map(({ index, kernel, times, seconds, share, flops, bytes }) => {
    const { title, section } = told[index]!
    const [compute, memory] = peak ? [flops / peak.flops, bytes / peak.bandwidth] : [0, 0]
    const roof = Math.max(compute, memory)
    const bound = compute >= memory ? 'compute' : 'memory'
    return { kernel, title, section, times, seconds, share, flops, bytes, bound, roof, distance: roof > 0 ? seconds / roof : NaN } // prettier-ignore
  })
}
