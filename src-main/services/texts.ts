// The texts that runs read: built-in ones, and imported files, stored as UTF-8 under their hash. An imported text never changes.
import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { datasetOf, type RunConfig } from '../contract/config.ts'
import { taskFacts, textFormatOf } from '../engine/tasks/index.ts'
import type { Dataset, DatasetDetail } from '../contract/data.ts'
import { UnrollError } from '../contract/errors.ts'
import type { TextFormat } from '../contract/textFormat.ts'
import { checkName } from '../contract/validate.ts'
import type { TextRef } from '../jobs/protocol.ts'
import type { TextStatistics } from '../jobs/textStatistics.ts'
import { removeFileSync } from '../store/files.ts'
import { notFound, type Context } from './context.ts'
import { builtins, type Builtin } from './builtinTexts.ts'
import { dataImporter, type Incoming } from './importData.ts'
import { imports } from './imports.ts'

const summary = ({
  preview: _preview,
  symbols: _symbols,
  distinct: _distinct,
  warnings: _warnings,
  format: _format,
  test: _test,
  ...dataset
}: DatasetDetail): Dataset => dataset

const noDetails = { preview: '', symbols: [], distinct: 0, warnings: [] }

/** Adds the data format of its form, or the one detected in the preview, unless it is running text. */
function withFormat(detail: DatasetDetail): DatasetDetail {
  const format = textFormatOf(detail.form, detail.name, detail.preview)
  return { ...detail, ...(format && { format }) }
}

/** `Alice (1865).txt` -> `alice-1865`; a name without Latin letters becomes `text`. */
const slugOf = (name: string): string =>
  name
    .replace(/\.[^.]{1,5}$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '') || 'text'

/** The text that a run reads; `ref` is null for generated tasks. */
export interface RunText {
  ref: TextRef | null
  name: string
  sha256: string
  format?: TextFormat
}

export type Texts = ReturnType<typeof texts>

/** The `data.` commands, and the text of a configuration. */
export function texts(context: Context) {
  const { store, planner, emit } = context
  const statistics = new Map<string, Promise<TextStatistics>>()

  /** Computed once per app, in a worker. */
  function statisticsOf(builtin: Builtin): Promise<TextStatistics> {
    const known = statistics.get(builtin.id) ?? planner.request('textStatistics', { text: builtin.ref() })
    statistics.set(builtin.id, known)
    known.catch(() => statistics.delete(builtin.id))
    return known
  }

  const described = ({ id, form, name, licence, about, note = '' }: Builtin) =>
    ({ id, name, builtin: true, licence, about, note, createdAt: 0, form }) as const

  const detail = async (builtin: Builtin): Promise<DatasetDetail> => ({
    ...described(builtin),
    ...(await statisticsOf(builtin)),
  })

  /** Without reading the text, unless another engine makes another one. */
  const listed = async (builtin: Builtin): Promise<Dataset> =>
    context.options.engineUrl
      ? summary(await detail(builtin))
      : { ...described(builtin), encoding: 'utf-8', ...builtin.facts }

  const ids = () => [...builtins.map(({ id }) => id), ...store.datasets.list().map(({ id }) => id)]

  async function get(id: string, path = 'id'): Promise<DatasetDetail> {
    const builtin = builtins.find((b) => b.id === id)
    const found = builtin ? await detail(builtin) : store.datasets.get(id)
    if (!found) throw notFound('text', id, ids(), path)
    return withFormat(found)
  }

  /** The file and hash of this configuration's text; `ref` is null for generated tasks. Throws E_NOT_FOUND. */
  async function refOf(config: RunConfig): Promise<RunText> {
    const dataset = datasetOf(config.data)
    if (dataset === undefined) return { ref: null, name: taskFacts(config).data, sha256: '' }
    const builtin = builtins.find((b) => b.id === dataset)
    const { sha256, name, format } = builtin
      ? withFormat({ ...(await listed(builtin)), ...noDetails })
      : await get(dataset, 'data.dataset')
    return {
      ref: { ...(builtin ? builtin.ref() : { path: store.datasetFile(sha256) }), sha256 },
      name,
      sha256,
      ...(format && { format }),
    }
  }

  let closing = false
  const importing = new Set<Promise<unknown>>()
  const importData = dataImporter(planner, dirname(store.datasetFile('text')), () => {
    if (closing) throw new UnrollError('E_STATE', 'Unroll is closing.')
  })

  async function add(incoming: Incoming): Promise<DatasetDetail> {
    const work = importDataset(incoming)
    importing.add(work)
    try {
      return await work
    } finally {
      importing.delete(work)
    }
  }

  function datasetWithHash(sha256: string): DatasetDetail | undefined {
    const found = store.datasets.list().find((dataset) => dataset.sha256 === sha256)
    return found && store.datasets.get(found.id)
  }

  async function importDataset(incoming: Incoming): Promise<DatasetDetail> {
    store.assertWritable()
    const name = checkName(basename(incoming.name.replaceAll('\\', '/'))) || 'text'
    const isThere = (sha256: string) =>
      datasetWithHash(sha256) !== undefined && existsSync(store.datasetFile(sha256))
    let isNew = true
    const found = await importData({ ...incoming, name }, ({ sha256 }) => (isNew = !isThere(sha256)))
    let known = datasetWithHash(found.sha256)
    if (known && !isNew) return withFormat(known)
    const made = await store.write(() => {
      // Another process may have imported or removed the same text before this transaction, never during it.
      if (!existsSync(store.datasetFile(found.sha256)))
        throw new UnrollError('E_BUSY', `${name}: the same text was just removed. Import it again.`)
      known = datasetWithHash(found.sha256)
      const taken = new Set(ids())
      const slug = slugOf(name)
      let id = known?.id ?? slug
      for (let n = 2; !known && taken.has(id); n++) id = `${slug}-${n}`
      const dataset: DatasetDetail = {
        id,
        name,
        builtin: false,
        licence: '',
        about: '',
        note: '',
        createdAt: Date.now(),
        ...found,
      }
      if (known) store.datasets.remove(known.id)
      store.datasets.add(dataset)
      return dataset
    })
    emit('data.changed', { dataset: summary(made), removed: null })
    return withFormat(made)
  }

  const commands = imports(context, add)

  return {
    ...commands,
    refOf,
    get: (id: string) => get(id),
    list: async (): Promise<Dataset[]> => [
      ...(await Promise.all(builtins.map(listed))),
      ...store.datasets.list(),
    ],
    /** Cancels running imports and waits for them; their files are removed. */
    async close(): Promise<void> {
      closing = true
      commands.close()
      await Promise.allSettled(importing)
    },
    async remove(id: string): Promise<{ id: string }> {
      if (builtins.some((b) => b.id === id))
        throw new UnrollError('E_STATE', `id: ${id} is built in and cannot be removed.`, { path: 'id' })
      const { sha256 } = await get(id)
      await store.write(() => {
        const user = store.runs.active().find((record) => record.data_sha256 === sha256)
        if (user)
          throw new UnrollError(
            'E_STATE',
            `id: run ${user.name} (${user.id}) is reading this text. Stop it first.`,
            { path: 'id' },
          )
        store.datasets.remove(id)
      })
      // In a second transaction after the row is deleted: if the same text was imported again meanwhile, its file stays.
      await store.write(() => {
        if (!datasetWithHash(sha256)) removeFileSync(store.datasetFile(sha256))
      })
      emit('data.changed', { dataset: null, removed: id })
      return { id }
    },
  }
}
