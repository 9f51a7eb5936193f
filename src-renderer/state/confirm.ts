// A question before something that cannot be seen whole or taken back: one at a time, answered by a button of the dialog in the frame.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** Names of what is concerned, listed below the text. */
  names: readonly string[]
  /** From the mildest to the one that goes farthest. */
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
  /** The value of the choice; null if the dialog was left. A question that is open is left. */
  function ask(next: Question): Promise<string | null> {
    answer(null)
    question.value = next
    return new Promise((done) => (settle = done))
  }
  return { question, ask, answer }
})
