// The response to the newest of several requests: an older response never replaces a newer one.
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { shallowRef } from 'vue'

export function useLatest<A>(ask: () => Promise<A>) {
  const answer = shallowRef<A | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  const loading = shallowRef(false)
  let asked = 0

  /** Sends the request; the previous response stays until the next one or a failure. */
  async function read(): Promise<void> {
    const mine = ++asked
    loading.value = true
    failure.value = null
    try {
      const found = await ask()
      if (mine !== asked) return
      answer.value = found
    } catch (thrown) {
      if (mine !== asked) return
      failure.value = toErrorValue(thrown)
      answer.value = null
    }
    loading.value = false
  }

  return { answer, failure, loading, read }
}
