// Notices: toasts that disappear by themselves (errors stay until dismissed), and a list of the last 200.
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useClient } from './connection.ts'

export type NoticeKind = 'info' | 'success' | 'warning' | 'error'

export interface Notice {
  id: number
  kind: NoticeKind
  message: string
  code?: string
  runId?: string
  at: number
  action?: { label: string; run: () => void }
  /** Whether the notice was seen before: it is listed, but not counted as new. */
  isOld?: boolean
}

/** Milliseconds until a toast disappears; errors stay. */
const lifetimes: Record<NoticeKind, number> = { info: 5000, success: 4000, warning: 12_000, error: Infinity }
const kept = 200

export const useNotices = defineStore('notices', () => {
  const all = shallowRef<Notice[]>([])
  const visible = shallowRef<Notice[]>([])
  const seenUpTo = shallowRef(0)
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let nextId = 1

  const unread = computed(
    () =>
      all.value.filter(
        (notice) =>
          notice.id > seenUpTo.value &&
          !notice.isOld &&
          (notice.kind === 'warning' || notice.kind === 'error' || notice.runId !== undefined),
      ).length,
  )

  function hide(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    visible.value = visible.value.filter((notice) => notice.id !== id)
  }

  /** Keeps a toast while it is hovered or focused. */
  function hold(id: number): void {
    clearTimeout(timers.get(id))
  }

  function release(id: number): void {
    const notice = visible.value.find((one) => one.id === id)
    const life = notice
      ? notice.action
        ? Math.max(8000, lifetimes[notice.kind])
        : lifetimes[notice.kind]
      : 0
    clearTimeout(timers.get(id))
    if (notice && life < Infinity)
      timers.set(
        id,
        setTimeout(() => hide(id), life),
      )
  }

  /** Shows a toast and adds it to the list. A repeated message replaces its toast. */
  function tell(
    kind: NoticeKind,
    message: string,
    more: Pick<Notice, 'code' | 'runId' | 'action'> = {},
  ): Notice {
    const twin = visible.value.find((notice) => notice.message === message && notice.kind === kind)
    if (twin) hide(twin.id)
    const notice: Notice = { id: nextId++, kind, message, at: Date.now(), ...more }
    all.value = [notice, ...all.value.filter((one) => one !== twin)].slice(0, kept)
    visible.value = [...visible.value, notice].slice(-4)
    release(notice.id)
    return notice
  }

  /** Adds a past notice to the list without a toast. */
  function file(notice: Omit<Notice, 'id'>): void {
    all.value = [{ ...notice, id: nextId++ }, ...all.value].slice(0, kept)
  }

  function error(thrown: unknown): ErrorValue {
    const value = toErrorValue(thrown)
    tell('error', value.message, { code: value.code })
    return value
  }

  /** Runs `work` and returns its result; an exception becomes an error notice and the result undefined. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (thrown) {
      error(thrown)
      return undefined
    }
  }

  function listen(): () => void {
    return useClient().on('notice', (notice) =>
      tell('warning', notice.message, { code: notice.code, ...(notice.runId && { runId: notice.runId }) }),
    )
  }

  const markRead = () => (seenUpTo.value = nextId - 1)
  const clear = () => {
    for (const notice of visible.value) hide(notice.id)
    all.value = []
  }
  return { all, visible, unread, tell, file, error, attempt, hide, hold, release, markRead, clear, listen }
})
