// The stand-in app with one text, four runs and a training that counts, as the tests of the terminal expect them.
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parsePredicate } from '../../src-main/contract/predicate/parse.ts'
import { parseConfig, readStored } from '../../src-main/engine/config.ts'
import type { PlanWarning } from '../../src-main/contract/catalog.ts'
import type { Dataset, DatasetDetail } from '../../src-main/contract/data.ts'
import type { GradientRecord } from '../../src-main/contract/gradients.ts'
import type { RunRow, RunStatus } from '../../src-main/contract/run.ts'
import type { FakeApp } from '../standIn/app.ts'
import { standInApp } from '../standIn/answers.ts'

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
  form: '',
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
    ...readStored({ seed: 1, ...(config as object) }),
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

/** The stand-in app with one text, four runs and a training that can be paused; what it says is fixed to the last digit. */
export function fakeRuns({
  pace = 1,
  checkpoint = 5,
  wait = 0,
  warnings = [],
  fails,
}: Training = {}): FakeApp {
  const timers = new Map<string, NodeJS.Timeout>()
  const train = (id: string) => {
    app.change(id, { status: 'running' })
    let step = 0
    timers.set(
      id,
      setInterval(() => {
        step++
        if (fails) {
          clearInterval(timers.get(id))
          return app.change(id, { status: 'failed', error: fails.toValue() })
        }
        const loss = step === 3 ? NaN : 4 / step
        const column = (value: number) => Float64Array.of(value)
        app.emit('run.metrics', {
          id,
          chunks: [
            { name: 'train/loss', steps: column(step), values: column(loss), times: column(0) },
            { name: 'val/loss', steps: column(step), values: column(loss + 1), times: column(0) },
          ],
        })
        if (step === 2) app.emit('run.sample', { id, sample: { step, at: 0, text: 'abc\u001b[31m' } })
        const total = app.find(id).totalSteps
        app.rows.set(id, { ...app.find(id), step })
        if (step < total) return undefined
        clearInterval(timers.get(id))
        return app.change(id, { status: 'finished' })
      }, pace),
    )
  }

  const made = [
    runRow(1, 'first', 'finished', { model: { layers: 2 } }),
    runRow(2, 'second', 'finished', { model: { hidden: 256 } }),
    runRow(3, 'twin'),
    runRow(4, 'twin'),
  ]
  const app = standInApp(
    made,
    (app) => ({
      'app.doctor': () => ({ ok: false, checks: [{ name: 'store', ok: false, message: 'damaged' }] }),
      'data.importFile': () => ({ ...datasetDetail, id: 'imported' }),
      'data.get': ({ id }: { id: string }) => ({ ...datasetDetail, id }),
      'runs.get': ({ id }) => ({
        run: app.find(id),
        checkpoints: [
          {
            runId: id,
            step: 10,
            createdAt: 0,
            bytes: 4e6,
            sha256: '',
            loss: NaN,
            best: true,
            missing: false,
          },
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
      'runs.gradients': ({ id }) => (id === runId(1) ? [gradientsAt(0, 0.9), gradientsAt(500, 0.5)] : []),
      'runs.launch': ({ config }) => {
        const parsed = parseConfig(config)
        const run: RunRow = {
          ...runRow(9, parsed.name || 'new', 'queued', config),
          step: 0,
          totalSteps: parsed.train.steps,
          summaries: [],
        }
        app.rows.set(run.id, run)
        // Before the answer: events of a run can come first.
        if (wait > 0) setTimeout(() => train(run.id), wait).unref()
        else train(run.id)
        return run
      },
      'runs.resume': ({ id }) => {
        train(id)
        return app.find(id)
      },
      'runs.pause': ({ id }) => {
        clearInterval(timers.get(id))
        if (app.find(id).status !== 'running') throw new UnrollError('E_STATE', `${id}: is not running.`)
        setTimeout(() => app.change(id, { status: 'paused' }), checkpoint)
        return app.find(id)
      },
      'runs.export': ({ what }) => ({
        filename: `first.${what}`,
        bytes: new TextEncoder().encode(`bytes of ${what}`),
      }),
      'runs.import': ({ name }) => ({
        run: runRow(7, name),
        warnings: [{ code: 'W_MODEL_NONFINITE', message: 'one Inf' }],
      }),
      'inspect.text': ({ layer, signal }) => ({
        tokens: ['a', '\n', '\u001b'],
        spaces: ['', '', ''],
        layer,
        signal,
        units: 2,
        values: Float32Array.of(0.5, -1, 0, 0, 0, 1),
        lo: -1,
        hi: 1,
        surprisal: Float32Array.of(NaN, 1, 2),
        nextIds: new Int32Array(3),
        nextProbabilities: new Float32Array(3),
        k: 1,
        vocabulary: ['a'],
        step: 10,
      }),
      'inspect.find': ({ predicate }) => {
        // Its faults are those of the language, as in the app.
        parsePredicate(predicate)
        return {
          kind: 'boolean',
          predicate,
          positions: 100,
          positives: 20,
          units: 24,
          nullAuc: 0.6,
          controlAuc: 0.7,
          dense: { layer: 0, signal: 'c', auc: 1, controlAuc: 0.98 },
          step: 10,
          scores: [{ layer: 0, signal: 'c', unit: 12, auc: 0.995, sign: 1, f1: 0.97, threshold: 0.1 }],
        }
      },
      'sample.start': ({ id, length }) => {
        // The second run is one that cannot write.
        if (id === runId(2)) {
          const error = new UnrollError('E_ARG', 'sample: this run learnt no text.').toValue()
          setTimeout(() => app.emit('sample.done', { job: 'j1', stopped: false, error }), 5)
          return { job: 'j1', seed: 7, step: 10 }
        }
        const told = (job: string, text: string) =>
          app.emit('sample.tokens', { job, tokens: [{ id: 0, text, probability: 1, alternatives: [] }] })
        told('j1', 'early ')
        told('other', 'WRONG')
        // A long text is never done; it keeps the process alive as a worker would.
        if (length >= 1000)
          timers.set(
            'j1',
            setInterval(() => undefined, 1000),
          )
        else setTimeout(() => app.emit('sample.done', { job: 'j1', stopped: false, error: null }), 5)
        return { job: 'j1', seed: 7, step: 10 }
      },
    }),
    { texts: new Map([[datasetDetail.id, datasetDetail]]) },
  )
  const close = app.close
  app.close = async () => {
    timers.forEach((timer) => clearInterval(timer))
    await close()
  }
  return app
}
