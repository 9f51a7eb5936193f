// The `runs.` commands that create and change runs. Which commands a run allows depends on its status; the table is here.
import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Parsed } from '../contract/api.ts'
import { datasetOf, type RunConfig } from '../contract/config.ts'
import type { Advice } from '../contract/advice.ts'
import type { PlanWarning } from '../contract/catalog.ts'
import { UnrollError } from '../contract/errors.ts'
import type { RunDetail, RunId, RunRow, RunStatus } from '../contract/run.ts'
import { checkName } from '../contract/validate.ts'
import { loadFile } from '../jobs/texts.ts'
import { join } from 'node:path'
import { removeFile, writeFileWhole } from '../store/files.ts'
import { searchTextOf, parseJson, type NewRun, type RunColumns, type RunRecord } from '../store/runRow.ts'
import { configOf } from './storedConfig.ts'
import { chooseCheckpoint, listCheckpoints, removingFilesOnFailure } from './checkpointFiles.ts'
import { changed, recordOf, version, type Context } from './context.ts'
import { makeName, prepare, type Prepared } from './prepare.ts'
import { hashFile } from './readFile.ts'
import type { Texts } from './texts.ts'
import type { Trainer } from './trainer.ts'

const digits = '0123456789abcdefghjkmnpqrstvwxyz'

/** Base 32: 10 digits of time, 16 random ones; sorts by creation. */
export function newRunId(now = Date.now()): RunId {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = digits[rest % 32]! + time
  return time + [...randomBytes(16)].map((byte) => digits[byte & 31]).join('')
}

const allowedFrom: Record<'stop' | 'pause' | 'resume' | 'trash', { from: RunStatus[]; hint: string; action?: Advice['action'] }> = {
  stop: { from: ['queued', 'running', 'paused', 'interrupted'], hint: 'it is over already' },
  pause: { from: ['queued', 'running'], hint: 'only queued and running runs can be paused' },
  resume: {
    from: ['paused', 'interrupted', 'stopped', 'failed'],
    hint: 'fork it to train on with its weights',
    action: 'fork',
  },
  trash: { from: ['paused', 'finished', 'stopped', 'failed', 'interrupted'], hint: 'stop it first', action: 'stop' },
} // prettier-ignore

function refuse(record: RunRecord, what: keyof typeof allowedFrom): void {
  const { from, hint, action } = allowedFrom[what]
  if (record.trashed_at !== null && what !== 'trash') {
    throw new UnrollError(
      'E_STATE',
      `Run ${record.name} is in the trash and cannot be ${what === 'stop' ? 'stopped' : `${what}d`}. Restore it first.`,
      { advice: { action: 'restore', run: record.id } },
    )
  }
  if (!from.includes(record.status))
    throw new UnrollError(
      'E_STATE',
      `Run ${record.name} is ${record.status}: cannot ${what} it; ${hint}.`,
      action && { advice: { action, run: record.id } },
    )
}

const words = (texts: readonly string[]) => texts.map((text) => text.trim()).filter(Boolean)

/** A fork keeps its parent's tokenizer, which the weights were trained with; no form sends it. */
function withParentTokenizer(parent: RunConfig | undefined, config: unknown): unknown {
  const { data } = (config ?? {}) as { data?: object }
  if (!parent || !('tokenizer' in parent.data) || !data || !('dataset' in data)) return config
  return { ...(config as object), data: { ...data, tokenizer: parent.data.tokenizer } }
}

/** A fork tests the claims of today, as every new run, unless others than its parent's are given. */
function withoutParentClaims(parent: RunConfig | undefined, config: unknown): unknown {
  const { claims } = (config ?? {}) as { claims?: unknown }
  if (!claims || JSON.stringify(claims) !== JSON.stringify(parent?.claims)) return config
  return { ...(config as object), claims: undefined }
}

const rowsPerTurn = 100

export function runs(context: Context, texts: Texts, trainer: Trainer) {
  const { store, emit } = context
  const row = (id: RunId): RunRow => store.runs.row(id) ?? store.runs.rows([recordOf(context, id)])[0]!

  async function create({ config, plan, text }: Prepared, more: Partial<NewRun> = {}): Promise<RunRow> {
    const id = more.id ?? newRunId()
    await store.write(() => {
      const name = config.name || makeName(config, store.runs.made() + 1)
      store.runs.insert({
        id,
        name,
        status: 'queued',
        created_at: Date.now(),
        config: JSON.stringify(config),
        haystack: searchTextOf(id, name, [], '', config),
        total_steps: plan.totalSteps,
        parameters: plan.parameters,
        memory_bytes: plan.memoryBytes,
        warnings: JSON.stringify(plan.warnings),
        engine: plan.executor,
        data_sha256: text.sha256,
        data_name: text.name,
        code_version: version,
        ...more,
      })
      store.runs.enqueue(id, store.owner)
    })
    changed(context, id)
    trainer.schedule()
    return row(id)
  }

  /** Sets a status that needs no worker. */
  async function setStatus(id: RunId, columns: Partial<RunColumns>): Promise<RunRow> {
    await store.write(() => store.runs.set(id, { owner: null, request: null, queue_order: null, ...columns }))
    changed(context, id)
    return row(id)
  }

  /** Ends an active run: a queued one at once, a running one through its worker. */
  async function endRun(id: RunId, what: 'pause' | 'stop'): Promise<RunRow> {
    const status = what === 'pause' ? 'paused' : 'stopped'
    const still = await store.write(() => {
      const record = recordOf(context, id)
      refuse(record, what)
      if (record.status !== 'running') {
        store.runs.set(id, {
          status,
          owner: null,
          request: null,
          queue_order: null,
          reason: null,
          ended_at: record.ended_at ?? Date.now(),
        })
      }
      return record.status
    })
    if (still !== 'running') changed(context, id)
    else await trainer.ask(id, what)
    return row(id)
  }

  async function resume(id: RunId): Promise<RunRow> {
    const record = recordOf(context, id)
    refuse(record, 'resume')
    const config = configOf(record)
    if (!config)
      throw new UnrollError(
        'E_DB_CORRUPT',
        `The stored configuration of run ${record.name} is damaged; it cannot be resumed.`,
      )
    await sameData(record, config)
    await store.write(() => {
      refuse(recordOf(context, id), 'resume')
      store.runs.enqueue(id, store.owner)
    })
    changed(context, id)
    trainer.schedule()
    return row(id)
  }

  /** Throws E_DATA_CHANGED unless the text is the one that the run was started with. */
  async function sameData(record: RunRecord, config: RunConfig): Promise<void> {
    if (datasetOf(config.data) === undefined) return
    const what = `The text ${record.data_name} of run ${record.name}`
    const advice = 'A resumed run would learn something else; start a new run.'
    const details = { advice: { action: 'train' } } as const
    const removed = () => new UnrollError('E_DATA_CHANGED', `${what} was removed. ${advice}`, details)
    const { sha256, ref } = await texts.refOf(config).catch((error: unknown) => {
      throw error instanceof UnrollError && error.code === 'E_NOT_FOUND' ? removed() : error
    })
    const differs = (where: string) =>
      new UnrollError(
        'E_DATA_CHANGED',
        `${what} was changed ${where} (its SHA-256 differs). ${advice}`,
        details,
      )
    if (sha256 !== record.data_sha256) throw differs('since')
    if (!ref || !('path' in ref)) return
    const found = await hashFile(ref.path).catch(() => {
      throw removed()
    })
    if (found !== sha256) throw differs('on the disk')
  }

  async function fork({ id: parent, step, config }: Parsed<'runs.fork'>): Promise<RunRow> {
    store.assertWritable()
    const record = recordOf(context, parent)
    const checkpoint = chooseCheckpoint(context, parent, step)
    const own = configOf(record)
    const input = config === undefined ? own && { ...own, name: '' } : withParentTokenizer(own, config)
    const prepared = await prepare(context, texts, withoutParentClaims(own, input), checkpoint)
    if (!prepared.config.name)
      prepared.config.name = checkName(`${[...record.name].slice(0, 180).join('')} fork`)
    // The fork copies the weights: the parent's checkpoint may be deleted before the fork starts.
    const id = newRunId()
    const file = 'parent.safetensors'
    const more = {
      id,
      parent_id: parent,
      parent_step: checkpoint.step,
      weights_file: file,
      weights_sha256: checkpoint.sha256,
    }
    return removingFilesOnFailure(context, id, async () => {
      await writeFileWhole(join(store.checkpointFolder(id), file), loadFile(checkpoint))
      return create(prepared, more)
    })
  }

  async function update({ id, name, notes, tags, color, pinned }: Parsed<'runs.update'>): Promise<RunRow> {
    const columns: Partial<RunColumns> = {}
    if (name !== undefined) columns.name = checkName(name)
    if (columns.name === '') throw new UnrollError('E_NAME', 'name: is empty. Type a name.', { path: 'name' })
    if (notes !== undefined) columns.notes = notes
    if (tags !== undefined)
      columns.tags = JSON.stringify([...new Set(words(tags.map((tag) => checkName(tag, 'tags'))))])
    if (color !== undefined) columns.color = color
    if (pinned !== undefined) columns.pinned = pinned ? 1 : 0
    await store.write(() => {
      const record = { ...recordOf(context, id), ...columns }
      const config = configOf(record)
      if (config)
        columns.haystack = searchTextOf(
          id,
          record.name,
          JSON.parse(record.tags) as string[],
          record.notes,
          config,
        )
      store.runs.set(id, columns)
    })
    changed(context, id)
    return row(id)
  }

  async function each(ids: readonly RunId[], change: (record: RunRecord) => void): Promise<RunRow[]> {
    await store.write(() => ids.forEach((id) => change(recordOf(context, id))))
    const rows = store.runs.rows(ids.map((id) => recordOf(context, id)))
    for (const [i, changedRow] of rows.entries()) {
      // Yields to other events between blocks of rows.
      if (i % rowsPerTurn === rowsPerTurn - 1) await turn()
      emit('run.changed', changedRow)
    }
    return rows
  }

  return {
    create,
    launch: async (config: unknown): Promise<RunRow> => create(await prepare(context, texts, config)),
    stop: (id: RunId) => endRun(id, 'stop'),
    pause: (id: RunId) => endRun(id, 'pause'),
    resume,
    fork,
    update,
    setStatus,
    get(id: RunId): RunDetail {
      const record = recordOf(context, id)
      return {
        run: row(id),
        checkpoints: listCheckpoints(context, id),
        samples: store.runs.samples(id),
        record: {
          codeVersion: record.code_version,
          engine: record.engine,
          dataSha256: record.data_sha256,
          dataName: record.data_name,
          parameters: record.parameters,
          memoryBytes: record.memory_bytes,
          warnings: parseJson<PlanWarning[]>(record.warnings, []),
        },
      }
    },
    trash: (ids: readonly RunId[]) =>
      each(ids, (record) => {
        refuse(record, 'trash')
        store.runs.set(record.id, { trashed_at: record.trashed_at ?? Date.now() })
      }),
    restore: (ids: readonly RunId[]) => each(ids, ({ id }) => store.runs.set(id, { trashed_at: null })),
    /** Rows first, then files: a crash in between leaves files without a record, which the doctor lists. */
    async purge(ids: readonly RunId[]): Promise<{ purged: RunId[] }> {
      const purged = [...new Set(ids)]
      await store.write(() => {
        for (const id of purged) {
          const record = recordOf(context, id)
          if (record.trashed_at === null)
            throw new UnrollError('E_STATE', `Run ${record.name} is not in the trash. Move it there first.`, {
              advice: { action: 'trash', run: id },
            })
          store.runs.purge(id)
        }
      })
      for (const id of purged) {
        emit('run.purged', { id })
        await removeFile(store.checkpointFolder(id))
      }
      return { purged }
    },
  }
}
