// One training session of a run in this app: claims the run, starts the worker, has its output stored, writes the final status. Events are
// emitted after their data is stored.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunConfig } from '../contract/config.ts'
import { divergedError } from '../contract/diverged.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { LivePin } from '../contract/live.ts'
import type { RunId } from '../contract/run.ts'
import { startTraining, type TrainingHandle } from '../jobs/pool.ts'
import type { Ask, TextRef, TrainMessage } from '../jobs/protocol.ts'
import { deleteReserve, createReserve, removeFile } from '../store/files.ts'
import { type RunColumns } from '../store/runRow.ts'
import { configOf } from './storedConfig.ts'
import { newestIntactCheckpoint } from './checkpointFiles.ts'
import { changed, maxRunning, recordOf, type Context } from './context.ts'
import type { RunNews } from './storeProtocol.ts'
import type { Texts } from './texts.ts'

const rowMs = 250
export const closedReason = 'Unroll was closed. Resume goes on from the last checkpoint.'
const unstoredReason =
  'Unroll was closed before a checkpoint could be stored. Resume goes on from the last one.'

type FinalStatus = Pick<RunColumns, 'status'> & Partial<Pick<RunColumns, 'error' | 'reason'>>

export interface Session {
  readonly id: RunId
  ask(what: Ask): void
  pin(pin: LivePin | null): void
  terminate(): Promise<void>
  readonly done: Promise<void>
}

/** The bytes to start from: the newest intact checkpoint, or the weights of the parent of a fork. */
async function initialWeights(context: Context, id: RunId) {
  const { step, bytes, faults } = await newestIntactCheckpoint(context, id)
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

/** The planner's compiled programs of this configuration, if cached; otherwise the training worker compiles. */
async function compiledPrograms({ planner }: Context, config: RunConfig, text: TextRef | null) {
  const { programs } = await planner
    .request('compiledPrograms', { config, text })
    .catch(() => ({ programs: undefined }))
  return programs
}

/** Claims the queued run and starts training; undefined if it was claimed elsewhere or no slot is free. */
export async function openSession(context: Context, texts: Texts, id: RunId): Promise<Session | undefined> {
  const { store, pointWriter, emit, options } = context
  const config = configOf(recordOf(context, id))
  if (!config)
    throw new UnrollError(
      'E_DB_CORRUPT',
      'The stored configuration of this run is damaged. Start a new run.',
      { advice: { action: 'train' } },
    )
  const { ref } = await texts.refOf(config)
  const text = ref && { ...ref, sha256: recordOf(context, id).data_sha256 }
  const { step: from, ...bytes } = await initialWeights(context, id)
  // Restarting discards all points, step 0 included.
  const truncateAfter = 'resume' in bytes ? from : -1
  await createReserve(store.folder)
  // A checkpoint may have another vocabulary, and so other programs.
  const fresh = !('resume' in bytes || 'weights' in bytes)
  const programs =
    fresh && context.planner.isRunning() ? await compiledPrograms(context, config, text) : undefined

  // Truncation and claim are one transaction, so that no point is stored twice.
  await store.registerOwner()
  const claimed = await pointWriter.claim({
    id,
    owner: store.owner,
    max: maxRunning(context),
    step: from,
    truncateAfter,
  })
  if (!claimed) return undefined
  if (claimed.restarted) emit('run.truncated', { id, step: truncateAfter })
  changed(context, id)
  for (const file of claimed.files) await removeFile(join(store.checkpointFolder(id), file))
  const handle = startTraining({
    ...(options.engineUrl && { engine: options.engineUrl }),
    ...(options.checkpointMs !== undefined && { checkpointMs: options.checkpointMs }),
    ...(options.workerHeapMb && { limits: { maxOldGenerationSizeMb: options.workerHeapMb } }),
    config,
    text,
    ...bytes,
    ...(programs && { programs }),
  })
  return run(context, { id, config }, claimed.activeMs, handle)
}

function run(
  context: Context,
  { id, config }: { id: RunId; config: RunConfig },
  activeBefore: number,
  handle: TrainingHandle,
): Session {
  const { store, pointWriter, emit } = context
  let end: FinalStatus | undefined
  let lastRowMs = 0
  let closing = false
  let terminated = false
  let failed = false

  /** Writes, retrying while another process holds the database. */
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

  async function handleNews(news: RunNews): Promise<void> {
    switch (news.kind) {
      case 'message':
        if (news.message.kind === 'opened') return opened(news.message)
        if (news.message.kind === 'ended') return ended(news.message)
        if (news.message.kind === 'live') return emit('run.live', { id, answer: news.message.answer })
        end = { status: 'failed', error: JSON.stringify(news.message.error) }
        return
      case 'points':
        return emit('run.metrics', { id, chunks: news.chunks })
      case 'thinned':
        return context.watchers.send(id, news.chunks)
      case 'notice':
        return emit('notice', { ...news.notice, runId: id })
      case 'stored':
        for (const sample of news.samples) emit('run.sample', { id, sample })
        for (const point of news.flows) emit('run.gradients', { id, point })
        if (!news.checkpoint && Date.now() - lastRowMs < rowMs) return
        lastRowMs = Date.now()
        return changed(context, id)
      case 'failed':
        throw new UnrollError(news.error.code, news.error.message, news.error.details)
      case 'drained':
        return
    }
  }

  /** Ends the session after a failed write: training on would only lose more steps. */
  function endOnError(error: unknown): void {
    const value = toErrorValue(error)
    if (error instanceof UnrollError) store.noteCorruption(error)
    const disk = ['E_DISK', 'E_STORE_READONLY', 'E_STORE_PLACE', 'E_DB_CORRUPT'].includes(value.code)
    if (disk) end = { status: 'paused', reason: `Paused, because nothing can be stored: ${value.message}` }
    else if (closing) end = { status: 'interrupted', reason: unstoredReason }
    else end = { status: 'failed', error: JSON.stringify(value) }
    if (disk) emit('notice', { code: 'W_DISK', message: value.message, runId: id })
    void handle.terminate()
  }

  /** Writes the final status. On a full disk it deletes the reserve and retries until the write succeeds. */
  async function writeFinalStatus(final: FinalStatus): Promise<void> {
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

  const drained = new Promise<void>((resolve) => {
    let last: Promise<void> = Promise.resolve()
    pointWriter.storeOutput(id, handle, activeBefore, (news) => {
      last = last.then(async () => {
        if (news.kind === 'drained') return resolve()
        if (failed) return
        await handleNews(news).catch((error: unknown) => {
          failed = true
          endOnError(error)
        })
      })
    })
  })

  async function finish(): Promise<void> {
    const [death] = await Promise.all([handle.gone, drained])
    end ??= terminated
      ? { status: 'interrupted', reason: unstoredReason }
      : { status: 'failed', error: JSON.stringify(death) }
    await writeFinalStatus(end)
  }

  const done = finish()
  return {
    id,
    ask(what) {
      if (what === 'leave') closing = true
      handle.ask(what)
    },
    pin: (pin) => handle.pin(pin),
    async terminate() {
      terminated = true
      await handle.terminate()
      await done
    },
    done,
  }
}
