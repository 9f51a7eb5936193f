// Made-up but lifelike answers for looking at the page without a server: the same seed gives the same runs, curves and texts.
import { fieldsOf } from '../../src-main/contract/fields.ts'
import { fromGroups, optionGroups } from '../../src-main/contract/config.ts'
import { divergedError } from '../../src-main/contract/diverged.ts'
import type { Catalog } from '../../src-main/contract/catalog.ts'
import type { GradientRecord } from '../../src-main/contract/gradients.ts'
import type { DatasetDetail } from '../../src-main/contract/data.ts'
import type { MetricChunk, MetricSummary, RunRow, RunStatus } from '../../src-main/contract/run.ts'
import { catalog as real } from '../../src-main/engine/catalog.ts'
import { readStored } from '../../src-main/engine/config.ts'
import { layerSizes } from '../../src-main/contract/shape.ts'

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const runIdOf = (n: number): string => `01hz${n.toString(36).padStart(22, '0')}`
/** Which curves a run has: `n` of fakeRun(n). */
export function numberOf(id: string): number {
  const n = 10_000 - parseInt(id.slice(4), 36)
  return n >= 0 ? n : -n % 97
}

const spoofs = [
  'best-run \u202e3 gnp.exe', 'zero\u200bwidth\u200bname', 'الشبكة العصبية المتكررة', '<img src=x onerror=alert(1)>', '👩‍🔬 memory test',
  'a'.repeat(200), 'name with a rather long explanation of what was tried, why it was tried, and what came of it in the end, honestly',
  '{{ constructor.constructor("alert(1)")() }}', 'Z̸̢̛a̷l̴g̵o̶ text', '\u2066hidden\u2069 isolate', '日本語の実験その一', 'tab\u200fmark',
] // prettier-ignore
const adjectives = ['quiet', 'amber', 'brisk', 'pale', 'deep', 'plain', 'rapid', 'late', 'early', 'still']
const nouns = [
  'harbour',
  'lantern',
  'meadow',
  'compass',
  'orchard',
  'glacier',
  'marsh',
  'summit',
  'anchor',
  'willow',
]
const cells = ['lstm', 'gru', 'tanh', 'elman', 'feedforward']
const statuses: RunStatus[] = [
  'finished',
  'finished',
  'finished',
  'finished',
  'stopped',
  'failed',
  'interrupted',
  'paused',
]

/** Loss of run n at a step, nats: a falling curve with a floor, noise, and one spike. */
function lossAt(n: number, step: number, noise: number): number {
  const floor = 0.85 + (n % 7) * 0.12
  return floor + 3.2 * Math.exp(-step / (180 + (n % 5) * 90)) + noise * 0.12 + (step === 700 ? 1.5 : 0)
}

/** All curves of run n up to `until` steps. */
export function curvesOf(n: number, until: number, startedAt: number, from = 0): MetricChunk[] {
  const random = randomOf(n * 7919 + 13 + from)
  const make = (name: string, every: number, value: (step: number) => number): MetricChunk => {
    const steps: number[] = []
    for (let step = Math.ceil((from + 1) / every) * every; step <= until; step += every) steps.push(step)
    return {
      name,
      steps: Float64Array.from(steps),
      values: Float64Array.from(steps, value),
      times: Float64Array.from(steps, (step) => startedAt + step * 42),
    }
  }
  return [
    make('train/loss', 10, (step) => (n === 5 && step > 900 ? NaN : lossAt(n, step, random() - 0.5))),
    make('val/loss', 100, (step) => lossAt(n, step, (random() - 0.5) * 0.2) + 0.06),
    make('val/accuracy', 100, (step) => 1 - lossAt(n, step, 0) / 4.2),
    make('train/gradient_norm', 10, (step) => 0.4 + random() * 0.5 + (step === 700 ? 40 : 0)),
    make('train/learning_rate', 10, (step) => 0.003 * (1 - step / 2400)),
    make('train/tokens_per_second', 10, () => 180_000 + random() * 30_000),
  ]
}

export function summariesOf(chunks: readonly MetricChunk[]): MetricSummary[] {
  return chunks.flatMap(({ name, steps, values }) => {
    if (steps.length === 0) return []
    const one: MetricSummary = {
      name,
      count: steps.length,
      last: values.at(-1)!,
      lastStep: steps.at(-1)!,
      min: Infinity,
      minStep: 0,
      max: -Infinity,
      maxStep: 0,
    }
    values.forEach((value, i) => {
      if (value < one.min) [one.min, one.minStep] = [value, steps[i]!]
      if (value > one.max) [one.max, one.maxStep] = [value, steps[i]!]
    })
    return [one]
  })
}

/** Run n of the made-up store; the first three are running, run 13 and every fifteenth after it is on images. Times are milliseconds since 1970. */
export function fakeRun(n: number, now: number): RunRow {
  const random = randomOf(n + 1)
  const cell = cells[Math.floor(random() * cells.length)]!
  const status: RunStatus =
    n < 3
      ? 'running'
      : n === 3
        ? 'queued'
        : n === 5
          ? 'failed'
          : statuses[Math.floor(random() * statuses.length)]!
  const totalSteps = [2000, 2000, 5000, 10_000][Math.floor(random() * 4)]!
  const step =
    status === 'finished'
      ? totalSteps
      : status === 'queued'
        ? 0
        : Math.max(100, Math.floor((random() * totalSteps) / 10) * 10)
  const createdAt = now - (n < 4 ? n * 40_000 + 20_000 : n * 3_100_000)
  const startedAt = status === 'queued' ? null : createdAt + 900
  const onImages = n % 15 === 13
  const dataset = random() < 0.5 ? 'prose' : 'moby-dick'
  const { config, task } = readStored({
    name: '',
    seed: Math.floor(random() * 1e6),
    ...(onImages
      ? { task: n % 2 ? 'pixel-model' : 'image-classification', data: { size: 8, levels: 2 } }
      : n % 11 === 7
        ? { task: 'symbol-series', data: { series: 1 } }
        : { task: 'language-model', data: { dataset } }),
    model: {
      cell: onImages ? 'mdlstm' : cell,
      hidden: [64, 128, 256, 512][Math.floor(random() * 4)]!,
      layers: 1 + Math.floor(random() * 2),
    },
    train: { steps: totalSteps },
    optimizer: { lr: [0.001, 0.002, 0.003, 0.01][Math.floor(random() * 4)]! },
  })
  const plain = `${adjectives[Math.floor(random() * 10)]}-${nouns[Math.floor(random() * 10)]}-${n}`
  const name = n > 4 && n % 9 === 0 ? spoofs[(n / 9) % spoofs.length]! : plain
  const summaries = startedAt ? summariesOf(curvesOf(n, step, startedAt)) : []
  return {
    id: runIdOf(10_000 - n),
    name,
    status,
    createdAt,
    startedAt,
    endedAt: ['running', 'queued', 'paused'].includes(status) || !startedAt ? null : startedAt + step * 42,
    activeSeconds: (step * 42) / 1000,
    step,
    totalSteps,
    epoch: step / 812,
    config: { ...config, name },
    task,
    summaries,
    tags: [...(n % 6 === 0 ? ['baseline'] : []), ...(n % 10 === 4 ? ['lr sweep', 'paper'] : [])],
    notes: n % 10 === 4 ? 'Second try with the higher rate.' : '',
    color: String(n % 20),
    pinned: n === 8 || n === 14,
    trashedAt: n > 20 && n % 29 === 0 ? now - n * 60_000 : null,
    parent: n % 13 === 6 ? { id: runIdOf(10_000 - n - 1), step: 500 } : null,
    queuePosition: status === 'queued' ? 0 : null,
    error:
      status === 'failed'
        ? n === 5
          ? divergedError(910, 'loss is NaN', { id: runIdOf(10_000 - n), config })
          : { code: 'E_WORKER', message: 'The worker ended with exit code 3.' }
        : null,
  }
}

/** Gradients of run n every 500 steps: one layer that fades, one that hardly does. */
export function gradientsOf({ step, config }: RunRow): GradientRecord[] {
  const layers = layerSizes(config.model).map((_, layer) => `layers.${layer}`)
  return Array.from({ length: step < 500 ? 0 : Math.floor(step / 500) + 1 }, (_, n) => ({
    step: n * 500,
    stride: 1,
    layers: layers.map((layer, l) => {
      const back = (t: number) => 63 - t
      const last = Float64Array.from({ length: 64 }, (_, t) => 0.02 * (0.72 + 0.02 * n + 0.2 * l) ** back(t))
      return { layer, norms: last.map((norm) => norm + 0.01), last }
    }),
    radii: ['i', 'f', 'g', 'o'].map((gate, i) => ({
      name: `layers.0.w_hh.${gate}`,
      value: 0.5 + 0.1 * i * n,
    })),
  }))
}

const licence = 'Public domain'
export const fakeTexts: DatasetDetail[] = [
  textOf('prose', 'Generated prose', true, 'She said, "the tide (as ever) will turn before noon," and went out.\n', 'Sentences with quotes, brackets and line wraps whose hidden structure is known.'),
  textOf('moby-dick', 'Moby Dick', true, 'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse.\n', 'The whole novel by Herman Melville.'),
  textOf('notes-1', 'my\u202enotes.txt', false, 'tab\tzero\u200bwidth\u00a0space\r\nand so on\n', ''),
] // prettier-ignore

export function textOf(
  id: string,
  name: string,
  builtin: boolean,
  line: string,
  about: string,
): DatasetDetail {
  const preview = line.repeat(Math.ceil(4000 / line.length)).slice(0, 4000)
  const counts = new Map<string, number>()
  for (const symbol of preview) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  const symbols = [...counts]
    .map(([symbol, count]) => ({ symbol, count: count * 297 }))
    .sort((a, b) => b.count - a.count)
  return {
    id, name, builtin, about, note: id === 'prose' ? 'All words are invented.' : '', preview, symbols, licence: builtin ? licence : '', encoding: 'utf-8', createdAt: 1_760_000_000_000,
    form: '' as const,
    bytes: preview.length * 297, characters: preview.length * 297, lines: 12_345, distinct: symbols.length,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', warnings: [],
  } // prettier-ignore
}

const signals = (...ids: string[]) =>
  ids.map((id) => ({
    id,
    title: id === 'h' ? 'hidden state' : id,
    kind: id === 'h' ? ('bounded' as const) : id === 'c' ? ('free' as const) : ('gate' as const),
  }))

const shownTasks = [
  'language-model',
  'symbol-series',
  'binary-addition',
  'pixel-model',
  'image-classification',
]

export const fakeCatalog: Catalog = {
  cells: [
    {
      id: 'lstm', title: 'LSTM', reads: 'sequences', paper: 'Hochreiter & Schmidhuber 1997', about: 'Gated memory: input, forget and output gate around a cell.', signals: signals('h', 'c', 'i', 'f', 'o'), derived: signals('pre_i', 'grad_c'),
      fields: [{ path: 'model.options.forgetBias', type: 'number', title: 'Forget bias', help: 'Added to the forget gate at the start.', default: 1, min: -10, max: 10 }],
    },
    {
      id: 'gru', title: 'GRU', reads: 'sequences', paper: 'Cho et al. 2014', about: 'Two gates, no separate cell.', signals: signals('h', 'r', 'z'), derived: [],
      fields: [{ path: 'model.options.reset', type: 'choice', title: 'Reset', help: 'Where the reset gate acts.', default: 'after', choices: ['before', 'after'] }],
    },
    { id: 'tanh', title: 'Tanh RNN', reads: 'sequences', paper: 'Werbos 1990', about: 'Fully recurrent, tanh.', signals: signals('h'), derived: [], fields: [] },
    { id: 'elman', title: 'Elman', reads: 'sequences', paper: 'Elman 1990', about: 'Simple recurrent network.', signals: signals('h'), derived: [], fields: [] },
    { id: 'mdlstm', title: 'MD-LSTM', reads: 'images', paper: 'Graves et al. 2007', about: 'Reads images along both axes.', signals: signals('h', 'c', 'i', 'o'), derived: [], fields: [] },
    { id: 'feedforward', title: 'Feed-forward', reads: 'sequences', paper: '', about: 'No memory: the baseline.', signals: signals('h'), derived: [], fields: [] },
  ],
  presets: [
    { id: 'prose', title: 'Generated prose', about: 'Characters of made-up prose; find the unit that knows about quotes.', promises: [], expects: 'Validation loss 0.90 within 2,000 steps, 3 minutes', config: { preset: 'prose', task: 'language-model', data: { dataset: 'prose' }, model: { cell: 'lstm', hidden: 128 }, train: { steps: 40 } } },
    { id: 'moby-dick', title: 'Moby Dick', about: 'Characters of a real novel.', promises: [], expects: 'Validation loss 1.75 within 10 minutes', config: { preset: 'moby-dick', task: 'language-model', data: { dataset: 'moby-dick' }, model: { cell: 'lstm', hidden: 128 }, train: { steps: 10_000 } } },
    { id: 'alice', title: 'Alice in Wonderland', about: 'The published recipe: GRU 128, windows of 10, RMSprop, one epoch.', promises: [], expects: 'Loss 2.3163 after one epoch', needsFile: 'alice.txt', config: { preset: 'alice', task: 'language-model', data: { dataset: 'alice', lowercase: true }, model: { cell: 'gru' }, train: { bptt: 'windows', window: 10, steps: 0, epochs: 1 }, optimizer: { name: 'rmsprop' } } },
    { id: 'series-1', title: 'Series 1', about: 'The answer depends on the symbol before.', promises: [], expects: 'Solved within about 215 epochs', config: { preset: 'series-1', task: 'symbol-series', data: { series: 1 }, model: { cell: 'elman', hidden: 6, input: 'onehot' }, train: { bptt: 'online', window: 3, steps: 0, epochs: 20_000 }, optimizer: { lr: 0.5, name: 'sgd' } } },
    { id: 'pixels', title: 'Pixels', about: 'Images pixel by pixel.', promises: [], expects: 'Loss 0.6', config: { preset: 'pixels', task: 'pixel-model', data: { size: 8, levels: 2 }, model: { cell: 'mdlstm', hidden: 16 } } },
    { id: 'addition', title: 'Binary addition', about: 'Two 8-bit numbers, digit by digit.', promises: [], expects: '99 % of the sums right', config: { preset: 'addition', task: 'binary-addition', data: {}, model: { cell: 'tanh', hidden: 16, input: 'onehot' }, train: { bptt: 'full' }, optimizer: { lr: 0.1, name: 'sgd' } } },
  ],
  tasks: real().tasks.filter(({ id }) => shownTasks.includes(id)),
  fields: {
    ...fromGroups((group) => fieldsOf(optionGroups[group], group)),
  },
} // prettier-ignore
