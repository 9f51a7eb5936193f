// Undo stack (Ctrl+Z): at most 50 inverse actions with their labels, newest last.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useNotices } from './notices.ts'

export interface Undoable {
  /** Label of the action for the toast: "Moved 2 runs to the trash". */
  label: string
  undo: () => Promise<void>
}

export const useUndo = defineStore('undo', () => {
  const stack = shallowRef<Undoable[]>([])

  /** Toast of each entry; it is dismissed when the entry is undone otherwise. */
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

  /** Pushes the inverse of an action and shows a toast with an Undo button. */
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
