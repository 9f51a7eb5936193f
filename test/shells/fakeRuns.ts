// A fake app that has one text, two runs and a training that counts: enough for every command of the terminal.
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/contract/validate.ts'
import { fieldsOf } from '../../src-main/contract/fields.ts'
import { modelConfig, textData, trainConfig, type RunConfig } from '../../src-main/contract/config.ts'
import type { Catalog, PlanWarning } from '../../src-main/contract/catalog.ts'
import type { Dataset, DatasetDetail } from '../../src-main/contract/data.ts'
import type { GradientRecord } from '../../src-main/contract/gradients.ts'
import type { RunRow, RunStatus } from '../../src-main/contract/run.ts'
import { fakeBench, fakeGraph } from '../renderer/fakeGraph.ts'
import { fakeApp, type FakeApp } from './fakeApp.ts'

export const runId = (n: number): string => `01k${n}`.padEnd(26, '0')

export const dataset: Dataset = {
  id: 'prose',
  name: 'Prose',
  builtin: true,
  bytes: 1000,
  characters: 1000,
  lines: 10,
  encoding: 'utf-8',
  sha256: 'ab'.repeat(32),
  licence: 'CC0',
  about: 'Generated prose.',
  note: 'The words are invented.',
  createdAt: 0,
}

export const datasetDetail: DatasetDetail = {
  ...dataset,
  preview: 'It was "said".',
  symbols: [
    { symbol: ' ', count: 9 },
    { symbol: '\u001b', count: 1 },
  ],
  distinct: 2,
  warnings: [],
}

export const catalog: Catalog = {
  cells: [
    {
      id: 'lstm',
      title: 'LSTM',
      reads: 'sequences',
      paper: 'Hochreiter',
      about: '',
      signals: [{ id: 'c', title: 'cell', kind: 'free' }],
      fields: [],
    },
  ],
  presets: [
    {
      id: 'prose',
      title: 'Prose',
      about: '',
      config: { data: { kind: 'text', dataset: 'prose' }, train: { steps: 40 } },
      promises: [],
      expects: '0.9',
    },
    {
      id: 'alice',
      title: 'Alice',
      about: '',
      config: { data: { kind: 'text' } },
      promises: [],
      expects: '',
      needsFile: 'alice.txt',
    },
    {
      id: 'series-1',
      title: 'Series',
      about: '',
      config: { data: { kind: 'series', series: 1 } },
      promises: [],
      expects: '',
    },
  ],
  fields: {
    data: { text: fieldsOf(textData, 'data') },
    model: fieldsOf(modelConfig, 'model'),
    train: fieldsOf(trainConfig, 'train'),
  },
}

export function runRow(
  n: number,
  name: string,
  status: RunStatus = 'finished',
  config: unknown = {},
): RunRow {
  return {
    id: runId(n),
    name,
    status,
    createdAt: n,
    startedAt: n,
    endedAt: null,
    activeSeconds: 1,
    step: 10,
    totalSteps: 40,
    epoch: 0,
    config: { seed: 1, ...parseConfig(config) } as RunConfig,
    summaries: [
      {
        name: 'train/loss',
        count: 1,
        last: NaN,
        lastStep: 10,
        min: 1.5,
        minStep: 10,
        max: Infinity,
        maxStep: 1,
      },
    ],
    tags: [],
    notes: '',
    color: '0',
    pinned: false,
    trashedAt: null,
    parent: null,
    queuePosition: null,
    error: null,
  }
}

/** Two layers over 21 steps: the gradient of the first shrinks to `factor` of itself per step back, that of the second stays. */
export const gradientsAt = (step: number, factor: number): GradientRecord => ({
  step,
  stride: 1,
  layers: [factor, 1].map((by, layer) => {
    const last = Float64Array.from({ length: 21 }, (_, t) => 0.25 * by ** (20 - t))
    return { layer: `layers.${layer}`, norms: last, last }
  }),
  radii: [{ name: 'layers.0.w_hh.f', value: 1 + step / 1000 }],
})

export interface Training {
  /** Milliseconds per step; the run has `train.steps` of them. */
  pace?: number
  /** How long a checkpoint takes when paused. */
  checkpoint?: number
  /** Milliseconds that a launched run stays queued, as behind another process's, with nothing here that keeps the process alive; 0: starts at once. */
  wait?: number
  /** What the plan warned of. */
  warnings?: PlanWarning[]
  /** Fails at the first step with this error. */
  fails?: UnrollError
}

/** Files that `data.importFile` was given, runs that exist, and a training that can be paused. */
export function fakeRuns({
  pace = 1,
  checkpoint = 5,
  wait = 0,
  warnings = [],
  fails,
}: Training = {}): FakeApp {
  const runs = new Map(
    [
      runRow(1, 'first', 'finished', { model: { layers: 2 } }),
      runRow(2, 'second'),
      runRow(3, 'twin'),
      runRow(4, 'twin'),
    ].map((run) => [run.id, run]),
  )
  const timers = new Map<string, NodeJS.Timeout>()
  const need = (id: string): RunRow => {
    const run = runs.get(id)
    if (!run) throw new UnrollError('E_NOT_FOUND', `${id}: no such run.`)
    return run
  }
  const change = (id: string, next: Partial<RunRow>) => {
    runs.set(id, { ...need(id), ...next })
    app.emit('run.changed', need(id))
    return need(id)
  }
  const train = (id: string) => {
    change(id, { status: 'running' })
    let step = 0
    timers.set(
      id,
      setInterval(() => {
        step++
        if (fails) {
          clearInterval(timers.get(id))
          return change(id, { status: 'failed', error: fails.toValue() })
        }
        const loss = step === 3 ? NaN : 4 / step
        const column = (value: number) => Float64Array.of(value)
        app.emit('run.metrics', {
          id,
          chunks: [
            { name: 'train/loss', steps: column(step), values: column(loss), times: column(0) },
            { name: 'validation/loss', steps: column(step), values: column(loss + 1), times: column(0) },
          ],
        })
        if (step === 2) app.emit('run.sample', { id, sample: { step, at: 0, text: 'abc\u001b[31m' } })
        const total = need(id).totalSteps
        runs.set(id, { ...need(id), step })
        if (step < total) return undefined
        clearInterval(timers.get(id))
        return change(id, { status: 'finished' })
      }, pace),
    )
  }
  const app = fakeApp({
    'catalog.get': () => catalog,
    'data.list': () => [dataset],
    'data.get': () => datasetDetail,
    'data.importFile': () => ({ ...datasetDetail, id: 'imported' }),
    'data.remove': ({ id }: { id: string }) => ({ id }),
    'runs.list': ({ search }: { search: string }) => {
      const found = [...runs.values()].filter((run) => run.name.includes(search))
      return { runs: found, total: found.length }
    },
    'runs.get': ({ id }: { id: string }) => ({
      run: need(id),
      checkpoints: [
        { runId: id, step: 10, createdAt: 0, bytes: 4e6, sha256: '', loss: NaN, best: true, missing: false },
      ],
      samples: [],
      record: {
        codeVersion: '0.1.0',
        engine: 'native',
        dataSha256: 'ab'.repeat(32),
        dataName: 'Prose',
        parameters: 10,
        memoryBytes: 1e6,
        warnings,
      },
    }),
    'runs.flow': ({ id }: { id: string }) =>
      id === runId(1) ? [gradientsAt(0, 0.9), gradientsAt(500, 0.5)] : [],
    'runs.launch': ({ config }: { config: unknown }) => {
      const parsed = parseConfig(config)
      const run: RunRow = {
        ...runRow(9, parsed.name || 'new', 'queued', config),
        step: 0,
        totalSteps: parsed.train.steps,
        summaries: [],
      }
      runs.set(run.id, run)
      // Before the answer: events of a run can come first.
      if (wait > 0) setTimeout(() => train(run.id), wait).unref()
      else train(run.id)
      return run
    },
    'runs.resume': ({ id }: { id: string }) => {
      train(id)
      return need(id)
    },
    'runs.pause': async ({ id }: { id: string }) => {
      clearInterval(timers.get(id))
      if (need(id).status !== 'running') throw new UnrollError('E_STATE', `${id}: is not running.`)
      setTimeout(() => change(id, { status: 'paused' }), checkpoint)
      return need(id)
    },
    'runs.stop': ({ id }: { id: string }) => change(id, { status: 'stopped' }),
    'runs.compare': ({ ids }: { ids: string[] }) => ({
      runs: ids.map((id) => ({
        id,
        name: need(id).name,
        status: need(id).status,
        step: 10,
        trashedAt: null,
      })),
      differences: [{ path: 'model.hidden', values: ids.map((_, i) => 128 * (i + 1)) }],
      same: [{ path: 'seed', value: 1 }],
      metrics: [
        {
          name: 'train/loss',
          direction: 'min',
          like: ids.map(() => 0),
          best: ids.map(() => 1.5),
          bestStep: ids.map(() => 9),
          last: ids.map(() => NaN),
        },
      ],
    }),
    'runs.export': ({ what }: { what: string }) => ({
      filename: `first.${what}`,
      bytes: new TextEncoder().encode(`bytes of ${what}`),
    }),
    'runs.import': ({ name }: { name: string }) => ({
      run: runRow(7, name),
      warnings: [{ code: 'W_MODEL_NONFINITE', message: 'one Inf' }],
    }),
    'inspect.grid': ({ layer, signal }: { layer: number; signal: string }) => ({
      tokens: ['a', '\n', '\u001b'],
      spaces: ['', '', ''],
      layer,
      signal,
      units: 2,
      values: Float32Array.of(0, -1, 0, 0, 0, 1),
      lo: -1,
      hi: 1,
      surprise: Float32Array.of(NaN, 1, 2),
      nextIds: new Int32Array(3),
      nextProbabilities: new Float32Array(3),
      k: 1,
      vocabulary: ['a'],
      step: 10,
    }),
    'inspect.find': ({ predicate }: { predicate: string }) => ({
      predicate,
      positions: 100,
      positives: 20,
      nullAuc: 0.6,
      step: 10,
      scores: [{ layer: 0, signal: 'c', unit: 12, auc: 0.995, sign: 1, f1: 0.97, threshold: 0.1 }],
    }),
    'sample.start': ({ id, length }: { id: string; length: number }) => {
      // The second run is one that cannot write.
      if (id === runId(2)) {
        const error = new UnrollError('E_ARG', 'sample: this run learnt no text.').toValue()
        setTimeout(() => app.emit('sample.done', { job: 'j1', stopped: false, error }), 5)
        return { job: 'j1', seed: 7, step: 10 }
      }
      app.emit('sample.tokens', {
        job: 'j1',
        tokens: [{ id: 0, text: 'early ', probability: 1, alternatives: [] }],
      })
      app.emit('sample.tokens', {
        job: 'other',
        tokens: [{ id: 0, text: 'WRONG', probability: 1, alternatives: [] }],
      })
      // A long text is never done; it keeps the process alive as a worker would.
      if (length >= 1000)
        timers.set(
          'j1',
          setInterval(() => undefined, 1000),
        )
      else setTimeout(() => app.emit('sample.done', { job: 'j1', stopped: false, error: null }), 5)
      return { job: 'j1', seed: 7, step: 10 }
    },
    'sample.stop': ({ job }: { job: string }) => ({ job }),
    'runs.graph': ({ id }: { id: string }) => need(id) && fakeGraph,
    'config.graph': ({ config }: { config: unknown }) => parseConfig(config) && fakeGraph,
    'app.bench': ({ config }: { config: unknown }) => parseConfig(config) && fakeBench,
    'app.doctor': () => ({ ok: false, checks: [{ name: 'store', ok: false, message: 'damaged' }] }),
  })
  const close = app.close
  app.close = async () => {
    timers.forEach((timer) => clearInterval(timer))
    await close()
  }
  return app
}
