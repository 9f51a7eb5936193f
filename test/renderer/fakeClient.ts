// The page's client over the stand-in app, for unit tests and for looking at the page: calls take a while and can fail, a connection comes
// back, running runs can go on by themselves.
import { shallowRef } from 'vue'
import type { CommandName } from '../../src-main/contract/api.ts'
import type { EventName, Events } from '../../src-main/contract/events.ts'
import type { RunId, RunRow } from '../../src-main/contract/run.ts'
import type { ConnectionState, PageClient } from '../../src-renderer/client/index.ts'
import { standInApp } from '../standIn/answers.ts'
import { curvesOf, fakeRun, numberOf, summariesOf } from '../standIn/data.ts'

export interface FakeOptions {
  runs?: number
  now?: number
  /** Milliseconds before each answer. */
  delay?: number
  /** Training goes on by itself. */
  live?: boolean
  native?: boolean
}

export interface FakeClient extends PageClient {
  /** Runs that the page said last that it draws. */
  watched: string[]
  rows: Map<RunId, RunRow>
  calls: { name: string; input: unknown }[]
  emit<E extends EventName>(name: E, event: Events[E]): void
  /** The next call of this name fails so. */
  failNext(name: CommandName, error: Error): void
  reconnect(): void
}

export function fakeClient({
  runs = 200,
  now = Date.now(),
  delay = 0,
  live = false,
  native = true,
}: FakeOptions = {}): FakeClient {
  const made = Array.from({ length: runs }, (_, n) => fakeRun(n, now))
  const app = standInApp(made, undefined, { native })
  const failures = new Map<string, Error>()
  const reconnected = new Set<() => void>()
  const calls: FakeClient['calls'] = []

  function train(): void {
    for (const run of app.rows.values()) {
      if (run.status !== 'running' || run.trashedAt !== null) continue
      const step = Math.min(run.totalSteps, run.step + 20)
      const curves = (from = 0) => curvesOf(numberOf(run.id), step, run.startedAt ?? now, from)
      app.emit('run.metrics', {
        id: run.id,
        chunks: curves(run.step).filter(({ steps }) => steps.length > 0),
      })
      const end = step >= run.totalSteps && { status: 'finished' as const, endedAt: Date.now() }
      app.change(run.id, {
        step,
        summaries: summariesOf(curves()),
        activeSeconds: run.activeSeconds + 0.5,
        ...end,
      })
    }
  }
  const timer = live ? setInterval(train, 500) : undefined

  return {
    rows: app.rows,
    calls,
    emit: app.emit,
    on: app.on,
    connection: shallowRef<ConnectionState>('open'),
    watched: [],
    watch(ids) {
      this.watched = [...ids]
    },
    failNext: (name, error) => failures.set(name, error),
    reconnect: () => reconnected.forEach((listener) => listener()),
    async call(name, input) {
      calls.push({ name, input })
      await new Promise((done) => setTimeout(done, delay))
      const failure = failures.get(name)
      failures.delete(name)
      if (failure) throw failure
      return structuredClone(await app.call(name, input))
    },
    onReconnect(listener) {
      reconnected.add(listener)
      return () => void reconnected.delete(listener)
    },
    retry: () => undefined,
    close: () => clearInterval(timer),
  }
}
