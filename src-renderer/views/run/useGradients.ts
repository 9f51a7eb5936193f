// Gradient records of one run: loaded once, extended by events, truncated when the run goes back to a checkpoint.
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { GradientRecord } from '@contract/gradients.ts'
import { onScopeDispose, shallowRef } from 'vue'
import { useClient } from '../../state/connection.ts'

type Change = (list: readonly GradientRecord[]) => readonly GradientRecord[]

/** `id` must not change during the life of the component; key the component by it. */
export function useGradients(id: string) {
  const client = useClient()
  const records = shallowRef<readonly GradientRecord[]>([])
  const phase = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const failure = shallowRef<ErrorValue | null>(null)
  /** Changes received since the last request, in order, because its response may be older. */
  let late: Change[] = []
  let asked = 0
  let asking = false

  function change(how: Change): void {
    if (asking) late.push(how)
    records.value = how(records.value)
  }

  /** Loads all records; the known ones stay visible until the response arrives. */
  async function load(): Promise<void> {
    const mine = ++asked
    late = []
    asking = true
    if (phase.value === 'failed') phase.value = 'loading'
    failure.value = null
    try {
      const found: readonly GradientRecord[] = await client.call('runs.gradients', { id })
      if (mine !== asked) return
      records.value = late.reduce((list, how) => how(list), found)
      phase.value = 'ready'
    } catch (thrown) {
      if (mine !== asked) return
      failure.value = toErrorValue(thrown)
      phase.value = 'failed'
    }
    asking = false
    late = []
  }

  const off = [
    client.on('run.gradients', (event) => {
      const { step } = event.point
      if (event.id === id) change((list) => [...list.filter((record) => record.step < step), event.point])
    }),
    client.on('run.truncated', (event) => {
      if (event.id === id) change((list) => list.filter((record) => record.step <= event.step))
    }),
    client.onReconnect?.(() => void load()),
  ]
  onScopeDispose(() => off.forEach((stop) => stop?.()))
  void load()
  return { records, phase, failure, load }
}
