// The queue, and requests to active runs. The queue is first in, first out over all processes that share the folder; each process trains
// only runs that it queued. Closing pauses running and queued runs; the next start of the app starts none of them.
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { LivePin } from '../contract/live.ts'
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
  const starting = new Set<RunId>()
  /** The last attempt at each run that was trained here: its events were all emitted. */
  const attempts = new Map<RunId, number>()
  let closing = false
  let scheduling: Promise<void> = Promise.resolve()
  const queueFaults = faultLog('queue')

  const own = (record: RunRecord) => record.owner === store.owner

  async function start(id: RunId): Promise<void> {
    starting.add(id)
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
      starting.delete(id)
    }
  }

  async function fillSlots(): Promise<void> {
    for (const id of store.runs.queue()) {
      if (closing || store.refusal()) return
      const active = store.runs.active()
      const running = active.filter((record) => record.status === 'running').length
      if (running >= maxRunning(context)) return
      const record = active.find((other) => other.id === id)
      if (record && own(record) && !starting.has(id)) await start(id)
    }
  }

  /** Starts queued runs of this app while slots are free; calls are serialised. */
  function schedule(): void {
    scheduling = scheduling.then(fillSlots).then(queueFaults.clear, queueFaults.report)
  }

  /** Forwards a stop or pause to the session or process that trains the run, and waits up to 10 s. Throws E_BUSY if another process does not respond. */
  async function ask(id: RunId, what: 'pause' | 'stop'): Promise<void> {
    const session = sessions.get(id)
    if (session) session.ask(what)
    else await store.write(() => store.runs.set(id, { request: what }))
    const end = Date.now() + askMs
    for (;;) {
      const record = recordOf(context, id)
      if (record.status !== 'running') return
      const other = record.owner !== null && !own(record) ? record.owner : undefined
      if (Date.now() >= end || (other && isStopped(pidOf(other))))
        return throwIfUnresponsive(record, other, what)
      // The session may have been starting at the first call.
      sessions.get(id)?.ask(what)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Throws E_BUSY if the run belongs to another process. Our own worker stops after its current step. */
  function throwIfUnresponsive({ name }: RunRecord, owner: string | undefined, what: 'pause' | 'stop'): void {
    if (!owner) return
    const asleep = isStopped(pidOf(owner))
      ? ', because it is stopped: let it go on (kill -CONT), or end it'
      : ''
    throw new UnrollError(
      'E_BUSY',
      `Run ${name} is still running: its process (pid ${pidOf(owner)}) does not answer${asleep}. It will ${what} the run when it goes on.`,
    )
  }

  /** Handles requests of other processes to our runs. */
  function handleRequests(): void {
    for (const record of store.runs.active()) {
      if (record.request && own(record)) sessions.get(record.id)?.ask(record.request)
    }
  }

  /** Sets runs whose process has ended to `interrupted`; a stopped process keeps its runs. */
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

  /** Checkpoints running runs, waits up to the deadline, then pauses queued ones. */
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

  /** Pins a text for a run that trains in this process. Throws E_STATE for another. */
  function pin(id: RunId, pinned: LivePin | null): void {
    const { name, status } = recordOf(context, id)
    const session = sessions.get(id)
    if (session && status === 'running') return session.pin(pinned)
    const where = status === 'running' ? 'trains in another process' : `is ${status}`
    throw new UnrollError('E_STATE', `Run ${name} ${where}: no text can be pinned to it.`)
  }

  return {
    schedule,
    ask,
    pin,
    handleRequests,
    reapOrphans,
    close,
    trains: (id: RunId) => sessions.has(id) || starting.has(id),
    /** Whether the events of this attempt were emitted while it trained here. */
    wasSent: ({ id, attempt }: RunRecord) => attempts.get(id) === attempt,
  }
}
