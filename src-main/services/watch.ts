// Notices what other processes did in the same folder: new rows, points, samples, requests, deaths. One cheap look every half second;
// everything else only if something was committed.
import type { RunId } from '../contract/run.ts'
import type { RunRecord } from '../store/runRow.ts'
import type { Context } from './context.ts'
import { faultLog } from './faultLog.ts'
import type { Trainer } from './trainer.ts'

const pollMs = 500
const orphansMs = 5000
/** Buckets per curve of the points that pages are told of at each look. */
const newsBuckets = 8

interface Seen {
  attempt: number
  /** Last step told, per curve. */
  steps: Map<string, number>
  sample: number
  flow: number
}

export function watch(context: Context, trainer: Trainer) {
  const { store, reading, watchers, emit } = context
  const seen = new Map<RunId, Seen>()
  let version = store.runs.version()
  let texts = new Set(store.datasets.list().map(({ id }) => id))
  let lastReaped = Date.now()

  /** Points told already: all that were stored when this app first looked at the run. */
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

  /** Every point where somebody wants that, else a few for pages that draw the run, read in the thread for that. */
  function tellPoints({ id, attempt_step: begin }: RunRecord, { steps }: Seen): void {
    if (context.isHeard('run.metrics')) {
      const chunks = store.metrics.after(id, steps, begin, Infinity)
      for (const chunk of chunks) steps.set(chunk.name, chunk.steps.at(-1)!)
      if (chunks.length) emit('run.metrics', { id, chunks })
    } else if (watchers.has(id)) {
      const told = new Map(steps)
      reading
        .ask('news', { id, told, otherwise: begin, buckets: newsBuckets })
        .then((chunks) => {
          for (const { name, steps: at } of chunks)
            if (told.get(name) === steps.get(name)) steps.set(name, at.at(-1)!)
          if (chunks.length) watchers.tell(id, chunks)
        })
        .catch((error: unknown) => console.error('watch:', error))
    }
  }

  function tellNews(record: RunRecord): void {
    const { id } = record
    // Not seen before, or ours until now: the whole attempt is told anew, which changes nothing for who knows it.
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
    tellPoints(record, known)
    for (const sample of store.runs.samples(id, known.sample)) {
      known.sample = sample.step
      emit('run.sample', { id, sample })
    }
    for (const point of store.flows.read(id, { after: known.flow })) {
      known.flow = point.step
      emit('run.flow', { id, point })
    }
  }

  function look(): void {
    const records = store.runs.changedSince(version)
    const gone = store.runs.purgedSince(version)
    version = store.runs.version()
    const foreign = records.filter((record) => !trainer.trains(record.id))
    for (const row of store.runs.rows(foreign)) emit('run.changed', row)
    for (const record of foreign) if (record.attempt > 0 && !trainer.told(record)) tellNews(record)
    for (const { id } of gone) {
      seen.delete(id)
      emit('run.purged', { id })
    }
    lookAtTexts()
  }

  function lookAtTexts(): void {
    const now = store.datasets.list()
    for (const dataset of now) if (!texts.has(dataset.id)) emit('data.changed', { dataset, removed: null })
    const ids = new Set(now.map(({ id }) => id))
    for (const id of texts) if (!ids.has(id)) emit('data.changed', { dataset: null, removed: id })
    texts = ids
  }

  let toldRefusal: string | undefined
  /** Says once that nothing can be stored, and again if the reason changes. */
  function tellRefusal(): void {
    const message = store.refusal()?.message
    if (message !== undefined && message !== toldRefusal)
      emit('notice', { code: 'W_STORE_READONLY', message })
    toldRefusal = message
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
      tellRefusal()
      if (store.changedElsewhere()) {
        look()
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

  const first = setImmediate(tellRefusal)
  const timer = setInterval(poll, context.options.pollMs ?? pollMs)
  timer.unref()
  return {
    stop(): void {
      clearImmediate(first)
      clearInterval(timer)
      tellRefusal()
    },
  }
}
