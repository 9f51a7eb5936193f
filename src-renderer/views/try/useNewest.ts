// Answers to an input that changes while it is typed: one call at a time, and after it the newest input; inputs between are never asked.
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { onScopeDispose, shallowRef } from 'vue'

/** Milliseconds without a change after which an input is asked. */
const rest = 60

/** `ask` answers an input; null: there is no input, and so no answer. */
export function useNewest<I, A>(ask: (input: I) => Promise<A>) {
  const answer = shallowRef<A | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  /** Milliseconds that the latest answer took, from its call on. */
  const took = shallowRef(0)
  const loading = shallowRef(false)
  let wanted: { input: I | null } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(): Promise<void> {
    if (loading.value) return
    loading.value = true
    while (wanted) {
      const { input } = wanted
      wanted = undefined
      if (input === null) {
        answer.value = failure.value = null
        continue
      }
      const from = performance.now()
      try {
        const found = await ask(input)
        took.value = performance.now() - from
        answer.value = found
        failure.value = null
      } catch (thrown) {
        answer.value = null
        failure.value = toErrorValue(thrown)
      }
    }
    loading.value = false
  }

  /** Asks after a rest, or `atOnce`. */
  function give(input: I | null, atOnce = false): void {
    wanted = { input }
    clearTimeout(timer)
    if (atOnce) void run()
    else timer = setTimeout(() => void run(), rest)
  }
  onScopeDispose(() => {
    clearTimeout(timer)
    wanted = undefined
  })

  return { answer, failure, took, loading, give }
}
