// One stretch of training of one run by this app: takes the run in hand, starts the worker, has stored what it hands over, writes down
// how it ended. What is told to listeners is already on the disk.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunConfig } from '../contract/config.ts'
import { divergedError } from '../contract/diverged.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { startTraining, type TrainingHandle } from '../jobs/pool.ts'
import type { Ask, TextRef, TrainMessage } from '../jobs/protocol.ts'
import { deleteReserve, createReserve, removeFile } from '../store/files.ts'
import { type RunColumns } from '../store/runRow.ts'
import { configOf } from './storedConfig.ts'
import { newestSound } from './checkpointFiles.ts'
import { changed, maxRunning, recordOf, type Context } from './context.ts'
import type { RunNews } from './storeProtocol.ts'
import type { Texts } from './texts.ts'

const rowMs = 250
export const closedReason = 'Unroll was closed. Resume goes on from the last checkpoint.'
const unstoredReason =
  'Unroll was closed before a checkpoint could be stored. Resume goes on from the last one.'

type End = Pick<RunColumns, 'status'> & Partial<Pick<RunColumns, 'error' | 'reason'>>

export interface Session {
  readonly id: RunId
  ask(what: Ask): void
  terminate(): Promise<void>
  readonly done: Promise<void>
}

/** Bytes to begin with: the run's newest sound checkpoint, or the weights of the run that it was forked from. */
async function beginning(context: Context, id: RunId) {
  const { step, bytes, faults } = await newestSound(context, id)
  for (const fault of faults) {
    const message = `${fault}. Going on from ${bytes ? `step ${step}` : 'the beginning'}.`
    context.emit('notice', { code: 'W_CHECKPOINT_FALLBACK', message, runId: id })
  }
  if (bytes) return { step, resume: bytes }
  const { weights_file: file } = recordOf(context, id)
  return file
    ? { step: 0, weights: await readFile(join(context.store.checkpointFolder(id), file)) }
    : { step: 0 }
}

/** What the planner compiled of this configuration, if it is still at hand; without it the training worker compiles. */
async function compiledPrograms({ planner }: Context, config: RunConfig, text: TextRef | null) {
  const { programs } = await planner
    .request('compiledPrograms', { config, text })
    .catch(() => ({ programs: undefined }))
  return programs
}

/** Takes the queued run in hand; undefined if another was faster or no slot is free. */
export async function openSession(context: Context, texts: Texts, id: RunId): Promise<Session | undefined> {
  const { store, storing, emit, options } = context
  const config = configOf(recordOf(context, id))
  if (!config)
    throw new UnrollError(
      'E_DB_CORRUPT',
      'The stored configuration of this run is damaged. Start a new run.',
      { advice: { action: 'train' } },
    )
  const { ref } = await texts.refOf(config)
  const text = ref && { ...ref, sha256: recordOf(context, id).data_sha256 }
  const { step: from, ...bytes } = await beginning(context, id)
  // From the beginning nothing stays, not even what was measured before the first step.
  const kept = 'resume' in bytes ? from : -1
  await createReserve(store.folder)
  // A checkpoint may bring another vocabulary, and so other programs.
  const fresh = !('resume' in bytes || 'weights' in bytes)
  const programs =
    fresh && context.planner.isRunning() ? await compiledPrograms(context, config, text) : undefined

  // Going back and taking in hand are one transaction: the curve has no doubles, whatever happens.
  await store.registerOwner()
  const taken = await storing.begin({ id, owner: store.owner, most: maxRunning(context), step: from, kept })
  if (!taken) return undefined
  if (taken.again) emit('run.truncated', { id, step: kept })
  changed(context, id)
  for (const file of taken.files) await removeFile(join(store.checkpointFolder(id), file))
  const handle = startTraining({
    ...(options.engineUrl && { engine: options.engineUrl }),
    ...(options.checkpointMs !== undefined && { checkpointMs: options.checkpointMs }),
    ...(options.workerHeapMb && { limits: { maxOldGenerationSizeMb: options.workerHeapMb } }),
    config,
    text,
    ...bytes,
    ...(programs && { programs }),
  })
  return run(context, { id, config }, taken.activeMs, handle)
}

function run(
  context: Context,
  { id, config }: { id: RunId; config: RunConfig },
  activeBefore: number,
  handle: TrainingHandle,
): Session {
  const { store, storing, emit } = context
  let end: End | undefined
  let told = 0
  let closing = false
  let terminated = false
  let failed = false

  /** Stores, waiting as long as another process holds the database. */
  async function persist(change: () => void): Promise<void> {
    for (;;) {
      try {
        return await store.write(change)
      } catch (error) {
        if (!(error instanceof UnrollError) || error.code !== 'E_DB_BUSY' || closing) throw error
        emit('notice', { code: 'W_DB_BUSY', message: `${error.message} Training waits.`, runId: id })
      }
    }
  }

  async function opened(message: Extract<TrainMessage, { kind: 'opened' }>): Promise<void> {
    const { parameters, memoryBytes: memory_bytes, totalSteps: total_steps, executor: engine } = message
    await persist(() => store.runs.set(id, { parameters, memory_bytes, total_steps, engine }))
    changed(context, id)
    if (message.warning) emit('notice', { ...message.warning, runId: id })
  }

  function ended(message: Extract<TrainMessage, { kind: 'ended' }>): void {
    const statuses = {
      finished: 'finished',
      stopped: 'stopped',
      paused: 'paused',
      left: 'paused',
      diverged: 'failed',
    } as const
    end = { status: statuses[message.outcome] }
    if (message.outcome === 'left') end.reason = closedReason
    if (message.outcome === 'diverged')
      end.error = JSON.stringify(divergedError(message.step, message.what, { id, config }))
  }

  async function hear(news: RunNews): Promise<void> {
    switch (news.kind) {
      case 'said':
        if (news.message.kind === 'opened') return opened(news.message)
        if (news.message.kind === 'ended') return ended(news.message)
        end = { status: 'failed', error: JSON.stringify(news.message.error) }
        return
      case 'points':
        return emit('run.metrics', { id, chunks: news.chunks })
      case 'thinned':
        return context.watchers.tell(id, news.chunks)
      case 'notice':
        return emit('notice', { ...news.notice, runId: id })
      case 'stored':
        for (const sample of news.samples) emit('run.sample', { id, sample })
        for (const point of news.flows) emit('run.flow', { id, point })
        if (!news.checkpoint && Date.now() - told < rowMs) return
        told = Date.now()
        return changed(context, id)
      case 'refused':
        throw new UnrollError(news.error.code, news.error.message, news.error.details)
      case 'drained':
        return
    }
  }

  /** Anything that cannot be stored ends the stretch: going on would only redo more later. */
  function giveUp(error: unknown): void {
    const value = toErrorValue(error)
    if (error instanceof UnrollError) store.noteCorruption(error)
    const disk = ['E_DISK', 'E_STORE_READONLY', 'E_STORE_PLACE', 'E_DB_CORRUPT'].includes(value.code)
    if (disk) end = { status: 'paused', reason: `Paused, because nothing can be stored: ${value.message}` }
    else if (closing) end = { status: 'interrupted', reason: unstoredReason }
    else end = { status: 'failed', error: JSON.stringify(value) }
    if (disk) emit('notice', { code: 'W_DISK', message: value.message, runId: id })
    void handle.terminate()
  }

  /** Writes the end down, even on a full disk: the reserve is given up for it, then it is tried again until it works. */
  async function writeEnd(final: End): Promise<void> {
    const columns = { ...final, owner: null, request: null, queue_order: null, ended_at: Date.now() }
    for (let wait = 100; ; wait = Math.min(wait * 2, 5000)) {
      try {
        await store.write(() => store.runs.set(id, columns))
        return changed(context, id)
      } catch (error) {
        if (closing || !(error instanceof UnrollError) || !['E_DISK', 'E_DB_BUSY'].includes(error.code))
          return
        deleteReserve(store.folder)
        await sleep(wait, undefined, { ref: false })
      }
    }
  }

  const heard = new Promise<void>((resolve) => {
    let last: Promise<void> = Promise.resolve()
    storing.take(id, handle, activeBefore, (news) => {
      last = last.then(async () => {
        if (news.kind === 'drained') return resolve()
        if (failed) return
        await hear(news).catch((error: unknown) => {
          failed = true
          giveUp(error)
        })
      })
    })
  })

  async function over(): Promise<void> {
    const [death] = await Promise.all([handle.gone, heard])
    end ??= terminated
      ? { status: 'interrupted', reason: unstoredReason }
      : { status: 'failed', error: JSON.stringify(death) }
    await writeEnd(end)
  }

  const done = over()
  return {
    id,
    ask(what) {
      if (what === 'leave') closing = true
      handle.ask(what)
    },
    async terminate() {
      terminated = true
      await handle.terminate()
      await done
    },
    done,
  }
}
