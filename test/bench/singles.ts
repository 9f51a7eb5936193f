// What is not a rate beside PyTorch's: Elman's rule, time to compile, the price of metrics, epochs of the headline tasks.
import { datasetOf, type RunConfig, type RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { builtinText, chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import { taskFacts, taskOf } from '../../src-main/engine/tasks/index.ts'
import { catalog } from '../../src-main/engine/catalog.ts'
import { programsOf } from '../../src-main/engine/training/trainingPrograms.ts'
import { ablationScan } from './ablation.ts'
import { openOurs, textOf } from './ours.ts'
import type { Row } from './rates.ts'
import { reviewCount } from './reviews.ts'
import { workloadById, workloads } from './workloads.ts'
import { grouped } from '../options.ts'

const quiet = { evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6 } as const
const secondsOf = (run: () => void): number => {
  const start = performance.now()
  run()
  return (performance.now() - start) / 1000
}

const { presets } = catalog()

/** Updates of six hidden units on the series of six symbols, per second. */
function elman(seconds: number): Row {
  const preset = presets.find((p) => p.id === 'series-1')!
  const config = parseConfig({
    ...preset.config,
    seed: 1,
    ...grouped({ ...preset.config.train, ...quiet, epochs: 1e9, stopWhenSolved: false }),
  }) as RunConfig
  const training = openTraining({ config, text: '' }, chooseExecutor('native', 1).executor)
  const events = training.events()
  const run = (until: number) => {
    const from = training.step
    const start = performance.now()
    while (performance.now() - start < until * 1000) for (let i = 0; i < 100; i++) events.next()
    return (training.step - from) / ((performance.now() - start) / 1000)
  }
  run(0.3)
  const rates = [run(seconds), run(seconds), run(seconds)].sort((a, b) => a - b)
  events.return()
  return { workload: 'elman', 'updates/s': Math.round(rates[1]!), asked: 200_000 }
}

/** The text that a configuration names where it is built in; made-up reviews or letters in the place of files. */
function textFor(config: RunConfig, letters: string): string {
  const named = builtinText(datasetOf(config.data) ?? '')
  return named ?? (taskFacts(config).abilities.answers ? builtinText('reviews')! : letters)
}

/** Milliseconds from configuration to ready programs, of every preset and of every cell of the list above. */
function compileTimes(): Row[] {
  const letters = textOf(workloadById('lstm-128'))
  const given: [string, RunConfigInput][] = [
    ...presets.map((p): [string, RunConfigInput] => [`preset ${p.id}`, p.config]),
    ...workloads
      .filter((w) => w.task === 'symbols' && w.threads === 1)
      .map((w): [string, RunConfigInput] => {
        const { model, hidden, layers, window, batch, ours } = w
        const data = { kind: 'text', dataset: 'bench', validation: 0 } as const
        return [
          w.id,
          {
            data,
            ...ours,
            model: { cell: model, hidden, layers, ...ours?.model },
            train: { window, batch },
          },
        ]
      }),
  ]
  return given.map(([name, input]) => {
    const config = parseConfig({ ...input, seed: 1 }) as RunConfig
    const task = taskOf(config, textFor(config, letters))
    const times = Array.from({ length: 5 }, () => secondsOf(() => void programsOf(task, config)))
    return {
      workload: `compile ${name}`,
      'first ms': +(1000 * times[0]!).toFixed(0),
      'median ms': +(1000 * times.toSorted((a, b) => a - b)[2]!).toFixed(0),
      asked: 200,
    }
  })
}

/** Share of a step that is spent outside its program, with a point of the curves after every step and after every thousandth. */
function logging(seconds: number): Row {
  const w = workloadById('lstm-128')
  const outside = (logEvery: number): number => {
    let inside = 0
    const ours = openOurs(w, (s) => (inside += s), { logEvery })
    for (let i = 0; i < 3; i++) ours.step()
    inside = 0
    let total = 0
    while (total < seconds) total += secondsOf(() => ours.step())
    ours.close()
    return (total - inside) / total
  }
  const [always, hardly] = [outside(1), outside(1000)]
  return {
    workload: 'logging',
    'outside %, a point each step': +(100 * always).toFixed(2),
    'outside %, hardly a point': +(100 * hardly).toFixed(2),
    'logging %': +(100 * (always - hardly)).toFixed(2),
    asked: 1,
  }
}

/** One epoch over 25,000 made-up film reviews of 80 words, on 2 threads. */
function epochOfReviews(): Row {
  const w = { ...workloadById('reviews'), threads: 2 }
  const ours = openOurs(w)
  ours.step()
  const steps = Math.floor(reviewCount / w.batch)
  const seconds = secondsOf(() => {
    for (let i = 0; i < steps; i++) ours.step()
  })
  ours.close()
  return { workload: 'epoch-reviews', seconds: +seconds.toFixed(1), published: 24, asked: 12 }
}

/** One epoch over 158,773 windows of 10 characters, GRU of 128 units, batches of 128, on 2 threads: the `alice` preset. */
function epochOfAlice(): Row {
  const windows = 158_773
  const preset = presets.find((p) => p.id === 'alice')!
  const config = parseConfig({
    ...preset.config,
    seed: 1,
    ...grouped({ ...preset.config.train, ...quiet, threads: 2 }),
  }) as RunConfig
  const text = Array.from({ length: windows + 10 }, (_, i) =>
    String.fromCharCode(97 + ((i * 7919 + (i >> 5) * 31) % 43)),
  ).join('')
  const training = openTraining({ config, text }, chooseExecutor('native', 2).executor)
  const seconds = secondsOf(() => {
    for (const event of training.events()) if (event.kind === 'diverged') throw new Error('the run diverged')
  })
  return { workload: 'epoch-alice', seconds: +seconds.toFixed(1), published: 14, asked: 4 }
}

/** By name, what it measures; each gives rows of its own table. */
export const singles: Record<string, (seconds: number) => Row[]> = {
  elman: (seconds) => [elman(seconds)],
  compile: () => compileTimes(),
  logging: (seconds) => [logging(seconds)],
  'epoch-reviews': () => [epochOfReviews()],
  'epoch-alice': () => [epochOfAlice()],
  ablation: ablationScan,
}
