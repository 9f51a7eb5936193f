// The records of one run's gradient through time, kept fresh: read once, grown by events, cut when the run goes back.
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { FlowPoint } from '@contract/flow.ts'
import { onScopeDispose, shallowRef } from 'vue'
import { useClient } from '../../state/connection.ts'

/** `id` must not change while the caller lives; key the component by it. */
export function useFlow(id: string) {
  const client = useClient()
  const points = shallowRef<readonly FlowPoint[]>([])
  const phase = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const failure = shallowRef<ErrorValue | null>(null)
  /** Heard while an answer is on its way, in order. */
  let late: ((list: readonly FlowPoint[]) => readonly FlowPoint[])[] = []

  function change(how: (list: readonly FlowPoint[]) => readonly FlowPoint[]): void {
    if (phase.value === 'loading') late.push(how)
    else points.value = how(points.value)
  }

  async function load(): Promise<void> {
    phase.value = 'loading'
    late = []
    try {
      const found: readonly FlowPoint[] = await client.call('runs.flow', { id })
      points.value = late.reduce((list, how) => how(list), found)
      phase.value = 'ready'
      failure.value = null
    } catch (thrown) {
      failure.value = toErrorValue(thrown)
      phase.value = 'failed'
    }
  }

  const off = [
    client.on('run.flow', (event) => {
      const { step } = event.point
      if (event.id === id) change((list) => [...list.filter((point) => point.step < step), event.point])
    }),
    client.on('run.truncated', (event) => {
      if (event.id === id) change((list) => list.filter((point) => point.step <= event.step))
    }),
    client.onReconnect?.(() => void load()),
  ]
  onScopeDispose(() => off.forEach((stop) => stop?.()))
  void load()
  return { points, phase, failure, load }
}
