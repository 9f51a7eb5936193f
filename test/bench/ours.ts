// Our side of a workload: the training that a run would do, driven step by step, with what it costs.
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import type { Program } from '../../src-main/engine/compile/program.ts'
import { elements } from '../../src-main/engine/compile/program.ts'
import { chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import type { Executable, Executor } from '../../src-main/engine/run/executor.ts'
import {
  heldBytes,
  heldMemory,
  TrainingPrograms,
  programsOf,
} from '../../src-main/engine/training/trainingPrograms.ts'
import { stepValues } from '../../src-main/engine/optim/optimizers.ts'
import { reviewsTask } from './reviews.ts'
import type { Workload } from './workloads.ts'

export interface Ours {
  /** One training step with everything around it. */
  step(): void
  symbolsPerStep: number
  /** Nominal work per symbol: 6 FLOP per weight of a matrix, one-hot inputs counted as the dense product they stand for. */
  flopsPerSymbol: number
  /** Bytes that it holds, as the plan of a run says them. */
  planned: number
  close(): void
}

/** Options of logging besides those that keep a measured training quiet. */
type Logging = RunConfigInput['logging']

export const configOf = (w: Workload, logging: Logging = {}): RunConfig =>
  parseConfig({
    seed: 1,
    data: { kind: 'text', dataset: 'bench', validation: 0 },
    model: {
      cell: w.model,
      hidden: w.hidden,
      layers: w.layers,
      ...(w.embedding > 0 ? { input: 'embedding', embedding: w.embedding } : { input: 'onehot' }),
      ...w.ours?.model,
    },
    train: { window: w.window, batch: w.batch, steps: 1e9 },
    regularization: { dropout: w.dropout, ...w.ours?.regularization },
    logging: { logEvery: 10, evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6, ...logging },
    runtime: { threads: w.threads },
  }) as RunConfig

/** A text of that many different characters, long enough for twenty steps. */
export const textOf = (w: Workload): string =>
  Array.from({ length: w.batch * w.window * 20 }, (_, i) =>
    String.fromCharCode(0x100 + ((i * 7919 + (i >> 5) * 31) % w.symbols)),
  ).join('')

/** `watch` sees every run of a program, with the seconds it took. */
export function openOurs(
  w: Workload,
  watch: (seconds: number) => void = () => {},
  logging: Logging = {},
): Ours {
  const { executor } = chooseExecutor('native', w.threads)
  let program: Program | undefined
  const spy: Executor = {
    ...executor,
    load(given, beside) {
      const executable = executor.load(given, beside)
      if (given.slots.has('loss')) program ??= given
      return { ...executable, run: timed(executable, watch) }
    },
  }
  const opened = w.task === 'reviews' ? openReviews(w, spy) : openText(w, spy, logging)
  return { ...opened, flopsPerSymbol: flopsPerSymbol(program!) }
}

const timed =
  (executable: Executable, watch: (seconds: number) => void): Executable['run'] =>
  (options) => {
    const start = performance.now()
    const finished = executable.run(options)
    watch((performance.now() - start) / 1000)
    return finished
  }

type Opened = Omit<Ours, 'flopsPerSymbol'>

function openText(w: Workload, executor: Executor, logging: Logging): Opened {
  const training = openTraining({ config: configOf(w, logging), text: textOf(w) }, executor)
  const events = training.events()
  return {
    symbolsPerStep: training.symbolsPerStep,
    planned: training.memoryBytes,
    step() {
      for (;;) {
        const event = events.next()
        if (event.done) throw new Error(`${w.id}: the training ended early`)
        if (event.value.kind === 'step') return
      }
    },
    close: () => events.return(),
  }
}

function openReviews(w: Workload, executor: Executor): Opened {
  const config = configOf(w)
  const task = reviewsTask(w, config)
  const programs = programsOf(task, config)
  const loaded = new TrainingPrograms(task, programs, executor)
  loaded.initialise(config)
  let step = 0
  return {
    symbolsPerStep: task.symbolsPerStep,
    planned: heldBytes(heldMemory(programs, task, executor)),
    step() {
      task.feed(loaded.main, step)
      const values = stepValues(config.optimizer, config.optimizer.lr, step + 1)
      for (const name in values) loaded.main.write(name, [values[name]!])
      loaded.main.run({ seed: [1, 0], step: step++ })
      if (!Number.isFinite(loaded.main.scalar('loss'))) throw new Error(`${w.id}: the loss is not finite`)
    },
    close: () => loaded.dispose(),
  }
}

const flopsPerSymbol = ({ slots }: Program): number =>
  [...slots]
    .filter(([name, { kind }]) => kind === 'state' && /^(layers\.|readout\.)/.test(name))
    .filter(([, { shape }]) => shape.length === 2)
    .reduce((sum, [, { shape }]) => sum + 6 * elements(shape), 0)
