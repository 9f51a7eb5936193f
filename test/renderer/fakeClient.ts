// A client that answers from memory, for unit tests and for looking at the page. It keeps the contract's rules that views rely on:
// checked configurations, trash before purge, events after every change, running runs whose curves grow.
import { shallowRef } from 'vue'
import type { CommandName, Input, Output } from '../../src-main/contract/api.ts'
import { encodingOf } from '../../src-main/contract/data.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import type { EventName, Events } from '../../src-main/contract/events.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import type { RunId, RunRow } from '../../src-main/contract/run.ts'
import { checkName, parseConfig } from '../../src-main/contract/validate.ts'
import type { ConnectionState, PageClient } from '../../src-renderer/client/index.ts'
import {
  curvesOf,
  fakeCatalog,
  fakeRun,
  fakeTexts,
  gradientsOf,
  randomOf,
  runIdOf,
  summariesOf,
  textOf,
} from './fakeData.ts'
import { fakeBench, fakeGraph } from './fakeGraph.ts'

export interface FakeOptions {
  runs?: number
  now?: number
  /** Milliseconds before each answer. */
  delay?: number
  /** Training goes on by itself. */
  live?: boolean
  native?: boolean
}

export interface FakeClient extends PageClient {
  /** Runs that the page said last that it draws. */
  watched: string[]
  rows: Map<RunId, RunRow>
  calls: { name: string; input: unknown }[]
  emit<E extends EventName>(name: E, event: Events[E]): void
  /** The next call of this name fails so. */
  failNext(name: CommandName, error: Error): void
  reconnect(): void
}

type Handlers = { [K in CommandName]: (input: Input<K>) => Output<K> }

/** Its runs are all on texts and series. */
const noImages = (): never => {
  throw new UnrollError('E_ARG', 'this run is not on images.')
}

export function fakeClient(options: FakeOptions = {}): FakeClient {
  const now = options.now ?? Date.now()
  const rows = new Map<RunId, RunRow>()
  const numbers = new Map<RunId, number>()
  for (let n = 0; n < (options.runs ?? 200); n++) {
    const run = fakeRun(n, now)
    rows.set(run.id, run)
    numbers.set(run.id, n)
  }
  const texts = new Map(fakeTexts.map((text) => [text.id, text]))
  const listeners = new Map<string, Set<(event: never) => void>>()
  const failures = new Map<string, Error>()
  const reconnected = new Set<() => void>()
  const calls: FakeClient['calls'] = []
  const connection = shallowRef<ConnectionState>('open')
  let made = 20_000
  let jobs = 0
  const stoppedJobs = new Set<string>()

  function emit<E extends EventName>(name: E, event: Events[E]): void {
    for (const listener of listeners.get(name) ?? []) listener(event as never)
  }
  function find(id: RunId): RunRow {
    const run = rows.get(id)
    if (!run) throw new UnrollError('E_NOT_FOUND', `run ${id}: there is no such run.`)
    return run
  }
  function change(id: RunId, changes: Partial<RunRow>): RunRow {
    const next = { ...find(id), ...changes }
    rows.set(id, next)
    emit('run.changed', next)
    return next
  }
  function checked(config: unknown): RunConfig {
    const parsed = parseConfig(config)
    if (parsed.data.kind === 'text' && !texts.has(parsed.data.dataset)) {
      const message = `data.dataset: there is no text "${parsed.data.dataset}". Import it first.`
      throw new UnrollError('E_CONFIG_DATA', message, {
        path: 'data.dataset',
        issues: [
          { path: 'data.dataset', message: `there is no text "${parsed.data.dataset}"; import it first` },
        ],
      })
    }
    return { ...parsed, seed: parsed.seed ?? 12_345 }
  }
  function launch(config: unknown, parent: RunRow['parent'] = null): RunRow {
    const done = checked(config)
    const id = runIdOf(++made)
    numbers.set(id, made % 97)
    const name = done.name || `fresh-run-${made - 20_000}`
    const run: RunRow = {
      id, name, status: 'running', createdAt: Date.now(), startedAt: Date.now(), endedAt: null, activeSeconds: 0, step: parent?.step ?? 0,
      totalSteps: done.train.steps || 10_000, epoch: 0, config: { ...done, name }, summaries: [], tags: [], notes: '', color: String(made % 20),
      pinned: false, trashedAt: null, parent, queuePosition: null, error: null,
    } // prettier-ignore
    rows.set(id, run)
    emit('run.changed', run)
    return run
  }

  const handlers: Handlers = {
    'app.info': () => ({
      version: '0.1.0', node: '24.0.0', sqlite: '3.51.3', cores: 2, memoryBytes: 16 * 2 ** 30, dataDir: '/home/you/.local/share/unroll', writable: true,
      engine: options.native === false ? { id: 'reference', description: 'plain loops in 64-bit; the native core is not built' } : { id: 'native', description: 'AVX2, 32-bit' },
      warnings: options.native === false ? [{ code: 'W_NO_NATIVE', message: 'The native core was not built, so training is many times slower. Install a C++20 compiler, then run "npm run build:native".' }] : [],
    }), // prettier-ignore
    'app.doctor': () => ({ ok: true, checks: [] }),
    'settings.get': () => ({ maxRunning: 1 }),
    'settings.set': (input) => ({ maxRunning: input.maxRunning ?? 1 }),
    'catalog.get': () => fakeCatalog,
    'config.plan': ({ config }) => {
      const { model, train } = checked(config)
      const parameters =
        4 * model.hidden * (model.embedding + model.hidden + 2) * model.layers + 65 * (model.hidden + 1)
      const memoryBytes =
        600_000 + parameters * 16 + train.batch * train.window * model.hidden * 24 * model.layers
      const warnings =
        train.lr > 0.05 && train.optimizer === 'adam'
          ? [{ path: 'train.lr', message: 'Adam rarely converges with a rate above 0.05.' }]
          : []
      return { parameters, memoryBytes, memory: { programs: memoryBytes - 600_000, scratch: 400_000, data: 200_000 }, availableBytes: 12 * 2 ** 30, limit: '12 GiB of free memory', stepsPerEpoch: 664, totalSteps: train.steps || train.epochs * 664, symbolsPerStep: train.batch * train.window, vocabulary: 65, symbols: { train: 1_069_200, validation: 118_800 }, executor: 'native', warnings } // prettier-ignore
    },
    'config.graph': ({ config }) => (checked(config), fakeGraph),
    'app.bench': () => fakeBench,
    'runs.graph': ({ id }) => (find(id), fakeGraph),
    'runs.launch': ({ config }) => launch(config),
    'runs.list': ({ trash = false, limit = 1000, offset = 0 }) => {
      const all = [...rows.values()].filter((run) => (run.trashedAt !== null) === trash)
      return { runs: all.slice(offset, offset + limit), total: all.length }
    },
    'runs.get': ({ id }) => {
      const run = find(id)
      const steps = [500, 1000, 1500].filter((step) => step <= run.step)
      return {
        run,
        checkpoints: steps.map((step, i) => ({ runId: id, step, createdAt: run.createdAt + step * 42, bytes: 1_250_000, sha256: 'ab'.repeat(32), loss: 1.2 - i * 0.1, best: i === steps.length - 1, missing: false })),
        samples: steps.map((step) => ({ step, at: run.createdAt + step * 42, text: `At step ${step}: "the tide will turn" (so they say) and <b>she</b> went out.\nAgain and again.` })),
        record: { codeVersion: '0.1.0', engine: 'native AVX2', dataSha256: '9f'.repeat(32), dataName: 'Generated prose', parameters: 91_713, memoryBytes: 9_400_000, warnings: [{ path: 'data.dataset', message: 'the text is short.' }] },
      } // prettier-ignore
    },
    'runs.metrics': ({ ids, names }) =>
      ids.map((id) => {
        const run = find(id)
        const chunks = run.startedAt ? curvesOf(numbers.get(id) ?? 1, run.step, run.startedAt) : []
        return { id, chunks: names ? chunks.filter((chunk) => names.includes(chunk.name)) : chunks }
      }),
    'runs.flow': ({ id, last = 1000 }) => gradientsOf(find(id)).slice(-last),
    'runs.stop': ({ id }) => change(id, { status: 'stopped', endedAt: Date.now(), queuePosition: null }),
    'runs.pause': ({ id }) => change(id, { status: 'paused', queuePosition: null }),
    'runs.resume': ({ id }) => change(id, { status: 'running', endedAt: null }),
    'runs.fork': ({ id, step, config }) =>
      launch(config ?? find(id).config, { id, step: step ?? find(id).step }),
    'runs.update': ({ id, name, ...rest }) =>
      change(id, { ...defined(rest), ...(name !== undefined && { name: checkName(name) }) }),
    'runs.trash': ({ ids }) => {
      for (const { name, status } of ids.map(find))
        if (status === 'running' || status === 'queued')
          throw new UnrollError('E_STATE', `Run ${name} is ${status}: cannot trash it; stop it first.`)
      return ids.map((id) => change(id, { trashedAt: Date.now() }))
    },
    'runs.restore': ({ ids }) => ids.map((id) => change(id, { trashedAt: null })),
    'runs.purge': ({ ids }) => {
      for (const id of ids)
        if (find(id).trashedAt === null)
          throw new UnrollError('E_STATE', `run ${id}: only runs in the trash can be deleted for good.`)
      for (const id of ids) {
        rows.delete(id)
        emit('run.purged', { id })
      }
      return { purged: ids }
    },
    'runs.compare': ({ ids }) => {
      const runs = ids.map(find)
      const flat = runs.map((run) => flatten(run.config))
      const paths = [...new Set(flat.flatMap((one) => Object.keys(one)))].sort()
      const rowsOf = paths.map((path) => ({ path, values: flat.map((one) => one[path] ?? null) }))
      const names = [...new Set(runs.flatMap((run) => run.summaries.map((one) => one.name)))]
      const of = (name: string, run: RunRow) => run.summaries.find((one) => one.name === name)
      return {
        runs: runs.map(({ id, name, status, step, trashedAt }) => ({ id, name, status, step, trashedAt })),
        differences: rowsOf.filter((row) => new Set(row.values).size > 1),
        same: rowsOf.filter((row) => new Set(row.values).size === 1).map((row) => ({ path: row.path, value: row.values[0]! })),
        metrics: names.map((name) => {
          const direction = /loss/.test(name) ? ('min' as const) : /accuracy/.test(name) ? ('max' as const) : null
          const key = direction ?? 'min'
          return { name, direction, like: runs.map(() => 0), best: runs.map((run) => of(name, run)?.[key] ?? null), bestStep: runs.map((run) => of(name, run)?.[`${key}Step`] ?? null), last: runs.map((run) => of(name, run)?.last ?? null) }
        }),
      } // prettier-ignore
    },
    'runs.export': ({ id, what }) => ({
      filename: `${id}.${what === 'weights' ? 'safetensors' : what === 'metrics' ? 'csv' : 'json'}`,
      bytes: new TextEncoder().encode(JSON.stringify(find(id).config)),
    }),
    'runs.import': ({ name }) => ({ run: launch({ name }), warnings: [] }),
    'data.list': () =>
      [...texts.values()].map(({ preview: _p, symbols: _s, distinct: _d, warnings: _w, ...rest }) => rest),
    'data.get': ({ id }) => {
      const text = texts.get(id)
      if (!text) throw new UnrollError('E_NOT_FOUND', `data ${id}: there is no such text.`)
      return text
    },
    'data.import': ({ name, bytes, decode = 'strict' }) => {
      let body: string
      try {
        body = new TextDecoder(encodingOf(decode) ?? 'utf-8', {
          fatal: decode === 'strict',
        }).decode(bytes)
      } catch {
        throw new UnrollError(
          'E_UTF8',
          `${name}: byte 17 is not valid UTF-8. Choose how to decode it: koi8-r, replace or skip.`,
          { offset: 17, encoding: 'koi8-r' },
        )
      }
      if (!body) throw new UnrollError('E_DATA_EMPTY', `${name}: the file is empty.`)
      const id = name.toLowerCase().replace(/\.[a-z]+$/, '').replace(/[^0-9a-z]+/g, '-').replace(/^-|-$/g, '') || 'text' // prettier-ignore
      const made = textOf(id, name, false, body, '')
      texts.set(id, made)
      emit('data.changed', { dataset: made, removed: null })
      return made
    },
    'data.importFile': () => {
      throw new UnrollError('E_ARG', 'data.importFile is not offered to pages.')
    },
    'data.remove': ({ id }) => {
      texts.delete(id)
      emit('data.changed', { dataset: null, removed: id })
      return { id }
    },
    'inspect.grid': ({ id, signal = 'h', layer = 0, text, length = 2000, offset = 0 }) => {
      const units = find(id).config.model.hidden
      const tokens = [...(text ?? fakeTexts[0]!.preview.slice(offset, offset + length))]
      const random = randomOf(units + layer)
      const phase = Array.from({ length: units }, () => random() * 6.28)
      const gate = !['h', 'c', 'n', 'g'].includes(signal)
      let inside = -1
      const values = new Float32Array(tokens.length * units)
      tokens.forEach((token, t) => {
        if (token === '"') inside = -inside
        for (let u = 0; u < units; u++) {
          const raw =
            u === 12
              ? inside * 0.92
              : Math.sin(t / (3 + (u % 9)) + phase[u]!) * 0.8 + (token === ' ' ? 0.15 : 0)
          values[t * units + u] = gate ? (raw + 1) / 2 : raw
        }
      })
      const vocabulary = [...new Set(tokens)].sort()
      const k = Math.min(5, vocabulary.length)
      return {
        tokens, spaces: tokens.map(() => ''), layer, signal, units, values, lo: gate ? 0 : -1, hi: 1, k, vocabulary, step: find(id).step,
        surprise: Float32Array.from(tokens, (_, t) => (t === 0 ? NaN : random() * 3)),
        nextIds: Int32Array.from({ length: tokens.length * k }, () => Math.floor(random() * vocabulary.length)),
        nextProbabilities: Float32Array.from({ length: tokens.length * k }, (_, i) => 0.5 / (1 + (i % k))),
      } // prettier-ignore
    },
    'inspect.find': ({ predicate, top = 10, step = 2000 }) => ({
      predicate, positions: 20_000, positives: 4100, nullAuc: 0.56, step,
      scores: Array.from({ length: top }, (_, i) => ({ layer: 0, signal: i % 2 ? 'h' : 'c', unit: i === 0 ? 12 : (i * 37) % 64, auc: 0.998 - i * 0.04, sign: i % 3 ? (1 as const) : (-1 as const), f1: 0.98 - i * 0.05, threshold: 0.1 })),
    }), // prettier-ignore
    'sample.start': ({ id, prime = '', length = 400, seed = 1 }) => {
      const job = `job-${++jobs}`
      const random = randomOf(seed)
      let written = 0
      const source = fakeTexts[0]!.preview
      const timer = setInterval(() => {
        const tokens = Array.from({ length: Math.min(7, length - written) }, (_, i) => {
          const text = source[(prime.length + written + i) % source.length]!
          return { id: text.charCodeAt(0), text, probability: 0.3 + random() * 0.7, alternatives: [{ text, probability: 0.6 }, { text: 'e', probability: 0.2 }] } // prettier-ignore
        })
        written += tokens.length
        if (tokens.length > 0) emit('sample.tokens', { job, tokens })
        if (written >= length || stoppedJobs.has(job)) {
          clearInterval(timer)
          emit('sample.done', { job, stopped: stoppedJobs.has(job), error: null })
        }
      }, 60)
      return { job, seed, step: find(id).step }
    },
    'sample.stop': ({ job }) => {
      stoppedJobs.add(job)
      return { job }
    },
    'sample.pictures': noImages,
    'inspect.picture': noImages,
  }

  function train(): void {
    for (const run of rows.values()) {
      if (run.status !== 'running' || run.trashedAt !== null) continue
      const n = numbers.get(run.id) ?? 1
      const step = Math.min(run.totalSteps, run.step + 20)
      const chunks = curvesOf(n, step, run.startedAt ?? now, run.step).filter(
        (chunk) => chunk.steps.length > 0,
      )
      emit('run.metrics', { id: run.id, chunks })
      const done = step >= run.totalSteps
      const summaries = summariesOf(curvesOf(n, step, run.startedAt ?? now))
      change(run.id, {
        step,
        summaries,
        activeSeconds: run.activeSeconds + 0.5,
        ...(done && { status: 'finished' as const, endedAt: Date.now() }),
      })
    }
  }
  const timer = options.live ? setInterval(train, 500) : undefined

  return {
    rows,
    calls,
    emit,
    connection,
    watched: [],
    watch(ids) {
      this.watched = [...ids]
    },
    failNext: (name, error) => failures.set(name, error),
    reconnect: () => reconnected.forEach((listener) => listener()),
    async call(name, input) {
      calls.push({ name, input })
      await new Promise((done) => setTimeout(done, options.delay ?? 0))
      const failure = failures.get(name)
      failures.delete(name)
      if (failure) throw failure
      return structuredClone(handlers[name](input)) as never
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener as (event: never) => void)
      return () => void set.delete(listener as (event: never) => void)
    },
    onReconnect(listener) {
      reconnected.add(listener)
      return () => void reconnected.delete(listener)
    },
    retry: () => undefined,
    close: () => clearInterval(timer),
  }
}

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>

function flatten(value: object, prefix = ''): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member !== null && typeof member === 'object'
        ? Object.entries(flatten(member as object, `${prefix}${key}.`))
        : [[`${prefix}${key}`, member as string]],
    ),
  )
}
