// Polls for changes by other processes in the same folder: rows, points, samples, requests, ended processes. A poll reads SQLite's
// data_version; queries run only if it changed.
import type { RunId } from '../contract/run.ts'
import type { RunRecord } from '../store/runRow.ts'
import type { Context } from './context.ts'
import { faultLog } from './faultLog.ts'
import type { Trainer } from './trainer.ts'

const pollMs = 500
const orphansMs = 5000
/** Buckets per curve of the points that are sent to pages per poll. */
const pollBuckets = 8

interface Seen {
  attempt: number
  /** Last step sent, per curve. */
  steps: Map<string, number>
  sample: number
  flow: number
}

export function watch(context: Context, trainer: Trainer) {
  const { store, storeReader, watchers, emit } = context
  const seen = new Map<RunId, Seen>()
  let version = store.runs.version()
  let texts = new Set(store.datasets.list().map(({ id }) => id))
  let claims = JSON.stringify(store.claims.list())
  let lastReaped = Date.now()

  /** State of a run at the start: all stored points count as sent. */
  function baseline(record: RunRecord): Seen {
    const summaries = store.metrics.summaries([record.id]).get(record.id) ?? []
    const samples = store.runs.samples(record.id)
    return {
      attempt: record.attempt,
      steps: new Map(summaries.map((s) => [s.name, s.lastStep])),
      sample: samples.at(-1)?.step ?? -1,
      flow: store.flows.read(record.id, { last: 1 })[0]?.step ?? -1,
    }
  }
  for (const record of store.runs.active()) seen.set(record.id, baseline(record))

  /** Sends all new points if `run.metrics` has listeners; else a few per curve to pages that show the run, read in the reader's thread. */
  function sendPoints({ id, attempt_step: begin }: RunRecord, { steps }: Seen): void {
    if (context.hasListeners('run.metrics')) {
      const chunks = store.metrics.after(id, steps, begin, Infinity)
      for (const chunk of chunks) steps.set(chunk.name, chunk.steps.at(-1)!)
      if (chunks.length) emit('run.metrics', { id, chunks })
    } else if (watchers.has(id)) {
      const sent = new Map(steps)
      storeReader
        .ask('newPoints', { id, sent, fallback: begin, buckets: pollBuckets })
        .then((chunks) => {
          for (const { name, steps: at } of chunks)
            if (sent.get(name) === steps.get(name)) steps.set(name, at.at(-1)!)
          if (chunks.length) watchers.send(id, chunks)
        })
        .catch((error: unknown) => console.error('watch:', error))
    }
  }

  function sendNews(record: RunRecord): void {
    const { id } = record
    // A run that is new here or was ours until now: the whole attempt is sent again, which clients merge by step.
    const known = seen.get(id) ?? {
      attempt: record.attempt > 1 ? 0 : record.attempt,
      steps: new Map(),
      sample: record.attempt_step,
      flow: record.attempt_step,
    }
    seen.set(id, known)
    if (known.attempt !== record.attempt) {
      emit('run.truncated', { id, step: record.attempt_step })
      known.attempt = record.attempt
      for (const [name, step] of known.steps) known.steps.set(name, Math.min(step, record.attempt_step))
      known.sample = Math.min(known.sample, record.attempt_step)
      known.flow = Math.min(known.flow, record.attempt_step)
    }
    sendPoints(record, known)
    for (const sample of store.runs.samples(id, known.sample)) {
      known.sample = sample.step
      emit('run.sample', { id, sample })
    }
    for (const point of store.flows.read(id, { after: known.flow })) {
      known.flow = point.step
      emit('run.gradients', { id, point })
    }
  }

  function sendChanges(): void {
    const records = store.runs.changedSince(version)
    const gone = store.runs.purgedSince(version)
    version = store.runs.version()
    const foreign = records.filter((record) => !trainer.trains(record.id))
    for (const row of store.runs.rows(foreign)) emit('run.changed', row)
    for (const record of foreign) if (record.attempt > 0 && !trainer.wasSent(record)) sendNews(record)
    for (const { id } of gone) {
      seen.delete(id)
      emit('run.purged', { id })
    }
    sendTextChanges()
    sendClaimChanges()
  }

  function sendClaimChanges(): void {
    const now = store.claims.list()
    const text = JSON.stringify(now)
    if (text !== claims) emit('claims.changed', { claims: now })
    claims = text
  }

  function sendTextChanges(): void {
    const now = store.datasets.list()
    for (const dataset of now) if (!texts.has(dataset.id)) emit('data.changed', { dataset, removed: null })
    const ids = new Set(now.map(({ id }) => id))
    for (const id of texts) if (!ids.has(id)) emit('data.changed', { dataset: null, removed: id })
    texts = ids
  }

  let sentRefusal: string | undefined
  /** Emits once that the store is read-only, and again if the reason changes. */
  function sendRefusal(): void {
    const message = store.refusal()?.message
    if (message !== undefined && message !== sentRefusal)
      emit('notice', { code: 'W_STORE_READONLY', message })
    sentRefusal = message
  }

  const pollFaults = faultLog('watch')
  const reapFaults = faultLog('orphans')
  let reaping = false

  async function reap(): Promise<void> {
    reaping = true
    try {
      await trainer.reapOrphans()
      trainer.schedule()
      reapFaults.clear()
    } catch (error) {
      reapFaults.report(error)
    } finally {
      reaping = false
    }
  }

  function poll(): void {
    if (reaping) return
    try {
      sendRefusal()
      if (store.changedElsewhere()) {
        sendChanges()
        trainer.handleRequests()
        trainer.schedule()
      }
      pollFaults.clear()
    } catch (error) {
      pollFaults.report(error)
    }
    if (Date.now() - lastReaped < orphansMs) return
    lastReaped = Date.now()
    void reap()
  }

  const first = setImmediate(sendRefusal)
  const timer = setInterval(poll, context.options.pollMs ?? pollMs)
  timer.unref()
  return {
    stop(): void {
      clearImmediate(first)
      clearInterval(timer)
      sendRefusal()
    },
  }
}
