// The queue and what is asked of runs in hand. First come, first served, over all processes that share the folder; each process
// trains only runs that it queued. Closing pauses what runs and what waits: nothing starts again unasked.
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { isAlive, isStopped, pidOf } from '../store/lease.ts'
import type { RunRecord } from '../store/runRow.ts'
import { changed, maxRunning, recordOf, type Context } from './context.ts'
import { faultLog } from './faultLog.ts'
import { closedReason, openSession, type Session } from './session.ts'
import type { Texts } from './texts.ts'

const closeMs = 10_000
const askMs = 10_000

export type Trainer = ReturnType<typeof trainer>

export function trainer(context: Context, texts: Texts) {
  const { store } = context
  const sessions = new Map<RunId, Session>()
  const beginning = new Set<RunId>()
  /** The last attempt at each run that was made here: everything of it was told. */
  const attempts = new Map<RunId, number>()
  let closing = false
  let scheduling: Promise<void> = Promise.resolve()
  const queueFaults = faultLog('queue')

  const own = (record: RunRecord) => record.owner === store.owner

  async function begin(id: RunId): Promise<void> {
    beginning.add(id)
    try {
      const session = await openSession(context, texts, id)
      if (!session) return
      sessions.set(id, session)
      const { request, attempt } = recordOf(context, id)
      attempts.set(id, attempt)
      if (closing || request) session.ask(closing ? 'leave' : request!)
      void session.done.then(() => {
        sessions.delete(id)
        schedule()
      })
    } catch (error) {
      const value = toErrorValue(error)
      if (value.code === 'E_DB_BUSY') return
      const disk = value.code === 'E_DISK'
      const end = disk
        ? { status: 'paused' as const, reason: value.message }
        : { status: 'failed' as const, error: JSON.stringify(value) }
      await store
        .write(() => store.runs.set(id, { ...end, owner: null, queue_order: null, ended_at: Date.now() }))
        .catch(() => undefined)
      changed(context, id)
    } finally {
      beginning.delete(id)
    }
  }

  async function startWhatFits(): Promise<void> {
    for (const id of store.runs.queue()) {
      if (closing || store.refusal()) return
      const active = store.runs.active()
      const running = active.filter((record) => record.status === 'running').length
      if (running >= maxRunning(context)) return
      const record = active.find((other) => other.id === id)
      if (record && own(record) && !beginning.has(id)) await begin(id)
    }
  }

  /** Starts queued runs of this app while there are slots; calls line up. */
  function schedule(): void {
    scheduling = scheduling.then(startWhatFits).then(queueFaults.clear, queueFaults.report)
  }

  /** Hands a stop or pause on to whoever trains the run, and waits a while for it to happen. Throws E_BUSY if another process does not answer. */
  async function ask(id: RunId, what: 'pause' | 'stop'): Promise<void> {
    const session = sessions.get(id)
    if (session) session.ask(what)
    else await store.write(() => store.runs.set(id, { request: what }))
    const end = Date.now() + askMs
    for (;;) {
      const record = recordOf(context, id)
      if (record.status !== 'running') return
      const other = record.owner !== null && !own(record) ? record.owner : undefined
      if (Date.now() >= end || (other && isStopped(pidOf(other)))) return refuseSilence(record, other, what)
      // It may have been on its way into the map.
      sessions.get(id)?.ask(what)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Our own worker will end its step; of another process nobody knows. */
  function refuseSilence({ name }: RunRecord, owner: string | undefined, what: 'pause' | 'stop'): void {
    if (!owner) return
    const asleep = isStopped(pidOf(owner))
      ? ', because it is stopped: let it go on (kill -CONT), or end it'
      : ''
    throw new UnrollError(
      'E_BUSY',
      `Run ${name} is still running: its process (pid ${pidOf(owner)}) does not answer${asleep}. It will ${what} the run when it goes on.`,
    )
  }

  /** What other processes asked of ours. */
  function handleRequests(): void {
    for (const record of store.runs.active()) {
      if (record.request && own(record)) sessions.get(record.id)?.ask(record.request)
    }
  }

  /** Runs whose process is gone become `interrupted`; a sleeping process keeps its runs. */
  async function reapOrphans(): Promise<void> {
    const lost = (record: RunRecord) => !own(record) && (record.owner === null || !isAlive(record.owner))
    if (store.refusal() || !store.runs.active().some(lost)) return
    const ids = await store.write(() => {
      const gone = store.runs.active().filter(lost)
      for (const { id, owner } of gone) {
        const reason = `Its process${owner ? ` (pid ${pidOf(owner)})` : ''} vanished without closing. Resume goes on from the last checkpoint.`
        store.runs.set(id, {
          status: 'interrupted',
          reason,
          owner: null,
          request: null,
          queue_order: null,
          ended_at: Date.now(),
        })
      }
      return gone.map(({ id }) => id)
    })
    for (const id of ids) changed(context, id)
  }

  /** Checkpoints what runs, waits up to the deadline, pauses what waits. */
  async function close(): Promise<void> {
    closing = true
    for (const session of sessions.values()) session.ask('leave')
    await scheduling
    const all = Promise.all([...sessions.values()].map((session) => session.done))
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise(
      (resolve) => (timer = setTimeout(resolve, context.options.closeMs ?? closeMs)),
    )
    await Promise.race([all, deadline])
    clearTimeout(timer)
    await Promise.all([...sessions.values()].map((session) => session.terminate()))
    if (store.refusal() || !store.runs.active().some(own)) return
    await store
      .write(() => {
        for (const { id } of store.runs.active().filter(own)) {
          store.runs.set(id, {
            status: 'paused',
            reason: closedReason,
            owner: null,
            request: null,
            queue_order: null,
            ended_at: Date.now(),
          })
        }
      })
      .catch((error: unknown) => {
        if (!(error instanceof UnrollError)) throw error
      })
  }

  return {
    schedule,
    ask,
    handleRequests,
    reapOrphans,
    close,
    trains: (id: RunId) => sessions.has(id) || beginning.has(id),
    /** Whether listeners heard of this attempt while it was made. */
    told: ({ id, attempt }: RunRecord) => attempts.get(id) === attempt,
  }
}
