// Confirmation of an action that cannot be undone or that affects hidden runs: one question at a time, answered in the dialog of the frame.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** Names of the affected runs, listed below the text. */
  names: readonly string[]
  /** Choices from the least to the most far-reaching. */
  choices: readonly { value: string; label: string; danger?: boolean }[]
}

export const useConfirm = defineStore('confirm', () => {
  const question = shallowRef<Question | null>(null)
  let settle: ((answer: string | null) => void) | undefined

  function answer(value: string | null): void {
    question.value = null
    settle?.(value)
    settle = undefined
  }
  /** Resolves with the value of the choice, null if the dialog was cancelled. Cancels an open question. */
  function ask(next: Question): Promise<string | null> {
    answer(null)
    question.value = next
    return new Promise((done) => (settle = done))
  }
  return { question, ask, answer }
})
