// What Ctrl+Z takes back: a stack of named inverses, newest last, at most 50.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useNotices } from './notices.ts'

export interface Undoable {
  /** What was done, for the toast: "Moved 2 runs to the trash". */
  label: string
  undo: () => Promise<void>
}

export const useUndo = defineStore('undo', () => {
  const stack = shallowRef<Undoable[]>([])

  /** The toast that offers each entry; it goes when the entry is taken back another way. */
  const offers = new WeakMap<Undoable, number>()

  async function take(entry: Undoable): Promise<void> {
    if (!stack.value.includes(entry)) return
    stack.value = stack.value.filter((one) => one !== entry)
    const notices = useNotices()
    const offer = offers.get(entry)
    if (offer !== undefined) notices.hide(offer)
    try {
      await entry.undo()
      notices.tell('info', `Undone: ${entry.label}`)
    } catch (thrown) {
      notices.error(thrown)
    }
  }

  /** Files the inverse of something just done and shows a toast with an Undo button. */
  function push(entry: Undoable): void {
    stack.value = [...stack.value, entry].slice(-50)
    const action = { label: 'Undo', run: () => void take(entry) }
    offers.set(entry, useNotices().tell('info', entry.label, { action }).id)
  }

  async function undoLast(): Promise<void> {
    const last = stack.value.at(-1)
    if (last) await take(last)
    else useNotices().tell('info', 'Nothing to undo.')
  }
  return { stack, push, undoLast }
})
