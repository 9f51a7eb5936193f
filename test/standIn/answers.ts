// What the stand-in app answers to every command but the probes, from rows in memory. It keeps the rules that doors rely on: checked
// configurations, trash before purge, events after every change. Its answers have the types of the command rows, and so has each override.
import type { CommandName } from '../../src-main/contract/api.ts'
import type { Catalog } from '../../src-main/contract/catalog.ts'
import { datasetOf, type RunConfig } from '../../src-main/contract/config.ts'
import { encodingOf, type DatasetDetail } from '../../src-main/contract/data.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import type { RunId, RunRow, RunSample } from '../../src-main/contract/run.ts'
import { checkName } from '../../src-main/contract/validate.ts'
import { parseConfig, readStored } from '../../src-main/engine/config.ts'
import { fakeApp, type FakeApp, type Handler, type Handlers } from './app.ts'
import { importAnswers } from './imports.ts'
import { curvesOf, fakeCatalog, fakeTexts, gradientsOf, numberOf, runIdOf, textOf } from './data.ts'
import { fakeBench, fakeGraph } from './graph.ts'
import { claimAnswers } from './claims.ts'
import { imagesOf, inferenceAnswers } from './inference.ts'
import { layerSizes } from '../../src-main/contract/shape.ts'

/** What the answers come from. */
export interface State {
  rows: Map<RunId, RunRow>
  texts: Map<string, DatasetDetail>
  catalog: Catalog
  native: boolean
}

export type StandIn = FakeApp &
  State & { find(id: RunId): RunRow; change(id: RunId, changes: Partial<RunRow>): RunRow }

/** An app that answers every command from `rows`; `overrides` answers some of them otherwise. */
export function standInApp(
  rows: readonly RunRow[],
  overrides: (app: StandIn) => Handlers = () => ({}),
  given: Partial<State> = {},
): StandIn {
  const state: State = {
    rows: new Map(rows.map((run) => [run.id, run])),
    texts: new Map(fakeTexts.map((text) => [text.id, text])),
    catalog: fakeCatalog,
    native: true,
    ...given,
  }
  const find = (id: RunId): RunRow => {
    const run = state.rows.get(id)
    if (!run) throw new UnrollError('E_NOT_FOUND', `run ${id}: there is no such run.`)
    return run
  }
  const change = (id: RunId, changes: Partial<RunRow>): RunRow => {
    const next = { ...find(id), ...changes }
    state.rows.set(id, next)
    app.emit('run.changed', next)
    return next
  }
  const app: StandIn = Object.assign(fakeApp(), state, { find, change })
  Object.assign(app.handlers, answersOf(app), inferenceAnswers(find, app.emit), overrides(app))
  return app
}

/** The newest sample of a run: text, or images where it learns those. */
function sampleOf({ task, createdAt }: RunRow, step: number): RunSample {
  const at = createdAt + step * 42
  if (task.abilities.generates === 'images') return { step, at, text: '', pictures: imagesOf(4, step) }
  return {
    step,
    at,
    text: `At step ${step}: "the tide will turn" (so they say) and <b>she</b> went out.\nAgain and again.`,
  }
}

type Answered = Exclude<CommandName, keyof ReturnType<typeof inferenceAnswers>>

function answersOf({ rows, texts, catalog, native, find, change, emit }: StandIn): {
  [K in Answered]: Handler<K>
} {
  let made = 20_000

  function checked(config: unknown): RunConfig {
    const parsed = parseConfig(config)
    const dataset = datasetOf(parsed.data)
    if (dataset !== undefined && !texts.has(dataset)) {
      const message = `data.dataset: there is no text "${dataset}". Import it first.`
      throw new UnrollError('E_CONFIG_DATA', message, {
        path: 'data.dataset',
        issues: [{ path: 'data.dataset', message: `there is no text "${dataset}"; import it first` }],
      })
    }
    return { ...parsed, seed: parsed.seed ?? 12_345 }
  }
  function launch(config: unknown, parent: RunRow['parent'] = null): RunRow {
    const done = checked(config)
    const id = runIdOf(++made)
    const name = done.name || `fresh-run-${made - 20_000}`
    const run: RunRow = {
      id, name, status: 'running', createdAt: Date.now(), startedAt: Date.now(), endedAt: null, activeSeconds: 0, step: parent?.step ?? 0,
      totalSteps: done.train.steps || 10_000, epoch: 0, ...readStored({ ...done, name }), summaries: [], tags: [], notes: '', color: String(made % 20),
      pinned: false, trashedAt: null, parent, queuePosition: null, error: null,
    } // prettier-ignore
    rows.set(id, run)
    emit('run.changed', run)
    return run
  }
  function imported(name: string, body: string): DatasetDetail {
    if (!body) throw new UnrollError('E_DATA_EMPTY', `${name}: the file is empty.`)
    const id =
      name
        .toLowerCase()
        .replace(/\.[a-z]+$/, '')
        .replace(/[^0-9a-z]+/g, '-')
        .replace(/^-|-$/g, '') || 'text'
    const text = textOf(id, name, false, body, '')
    texts.set(id, text)
    emit('data.changed', { dataset: text, removed: null })
    return text
  }

  return {
    'app.info': () => ({
      version: '0.1.0',
      node: '24.0.0',
      sqlite: '3.51.3',
      cores: 2,
      memoryBytes: 16 * 2 ** 30,
      dataDir: '/home/you/.local/share/unroll',
      writable: true,
      engine: !native
        ? { id: 'reference', description: 'plain loops in 64-bit; the native core is not built' }
        : { id: 'native', description: 'AVX2, 32-bit' },
      warnings: !native
        ? [
            {
              code: 'W_NO_NATIVE',
              message:
                'The native core was not built, so training is many times slower. Install a C++20 compiler, then run "npm run build:native".',
            },
          ]
        : [],
    }),
    'app.doctor': () => ({ ok: true, checks: [] }),
    'settings.get': () => ({ maxRunning: 1 }),
    'settings.set': (input) => ({ maxRunning: input.maxRunning ?? 1 }),
    'catalog.get': () => catalog,
    'config.plan': ({ config }) => {
      const { model, train, optimizer } = checked(config)
      const layers = layerSizes(model).length
      const parameters =
        4 * model.hidden * (model.embedding + model.hidden + 2) * layers + 65 * (model.hidden + 1)
      const memoryBytes = 600_000 + parameters * 16 + train.batch * train.window * model.hidden * 24 * layers
      const warnings =
        optimizer.lr > 0.05 && optimizer.name === 'adam'
          ? [{ path: 'optimizer.lr', message: 'Adam rarely converges with a rate above 0.05.' }]
          : []
      return { parameters, memoryBytes, memory: { programs: memoryBytes - 600_000, scratch: 400_000, data: 200_000 }, availableBytes: 12 * 2 ** 30, limit: '12 GiB of free memory', stepsPerEpoch: 664, totalSteps: train.steps || train.epochs * 664, symbolsPerStep: train.batch * train.window, vocabulary: 65, symbols: { train: 1_069_200, validation: 118_800 }, executor: 'native', warnings } // prettier-ignore
    },
    'config.graph': ({ config }) => (checked(config), fakeGraph),
    'app.bench': () => fakeBench,
    'runs.graph': ({ id }) => (find(id), fakeGraph),
    'runs.launch': ({ config }) => launch(config),
    'runs.list': ({ search, trash, limit, offset }) => {
      const all = [...rows.values()].filter(
        (run) => (run.trashedAt !== null) === trash && run.name.includes(search),
      )
      return { runs: all.slice(offset, offset + limit), total: all.length }
    },
    'runs.get': ({ id }) => {
      const run = find(id)
      const steps = [500, 1000, 1500].filter((step) => step <= run.step)
      return {
        run,
        checkpoints: steps.map((step, i) => ({ runId: id, step, createdAt: run.createdAt + step * 42, bytes: 1_250_000, sha256: 'ab'.repeat(32), loss: 1.2 - i * 0.1, best: i === steps.length - 1, missing: false })),
        samples: steps.map((step) => sampleOf(run, step)),
        record: { codeVersion: '0.1.0', engine: 'native AVX2', dataSha256: '9f'.repeat(32), dataName: 'Generated prose', parameters: 91_713, memoryBytes: 9_400_000, warnings: [{ path: 'data.dataset', message: 'the text is short.' }] },
      } // prettier-ignore
    },
    'runs.metrics': ({ ids, names }) =>
      ids.map((id) => {
        const run = find(id)
        const chunks = run.startedAt ? curvesOf(numberOf(id), run.step, run.startedAt) : []
        return { id, chunks: names ? chunks.filter((chunk) => names.includes(chunk.name)) : chunks }
      }),
    'runs.gradients': ({ id, last = 1000 }) => gradientsOf(find(id)).slice(-last),
    'runs.stop': ({ id }) => change(id, { status: 'stopped', endedAt: Date.now(), queuePosition: null }),
    'runs.pause': ({ id }) => change(id, { status: 'paused', queuePosition: null }),
    'runs.resume': ({ id }) => change(id, { status: 'running', endedAt: null }),
    'runs.pin': ({ id }) => ({ id: find(id).id }),
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
        claims: [],
      } // prettier-ignore
    },
    'runs.export': ({ id, what }) => ({
      filename: `${id}.${what === 'weights' ? 'safetensors' : what === 'metrics' ? 'csv' : 'json'}`,
      bytes: new TextEncoder().encode(JSON.stringify(find(id).config)),
    }),
    'runs.import': ({ name }) => ({ run: launch({ name }), warnings: [] }),
    ...claimAnswers(find, emit),
    'data.list': () =>
      [...texts.values()].map(({ preview: _p, symbols: _s, distinct: _d, warnings: _w, ...rest }) => rest),
    'data.get': ({ id }) => {
      const text = texts.get(id)
      if (!text) throw new UnrollError('E_NOT_FOUND', `data ${id}: there is no such text.`)
      return text
    },
    'data.import': ({ name, bytes, decode }) => {
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
      return imported(name, body)
    },
    'data.importFile': ({ path }) => imported(path.split('/').pop()!, 'from a path\n'),
    ...importAnswers(imported),
    'data.remove': ({ id }) => {
      texts.delete(id)
      emit('data.changed', { dataset: null, removed: id })
      return { id }
    },
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
