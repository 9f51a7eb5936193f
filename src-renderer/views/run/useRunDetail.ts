// Checkpoints, samples and record of one run: samples are added by events, the rest is reloaded when the run has progressed.
import type { Checkpoint, RunDetail, RunSample } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { useClient } from '../../state/connection.ts'
import { useMetrics } from '../../state/metrics.ts'
import { useRuns } from '../../state/runs.ts'

/** Milliseconds between two reloads of the checkpoints of a running run. */
const patience = 4000

/** `id` must not change during the life of the component; key the component by it. */
export function useRunDetail(id: string) {
  const runs = useRuns()
  const metrics = useMetrics()
  const detail = shallowRef<RunDetail | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  const samples = shallowRef<RunSample[]>([])
  const run = computed(() => runs.byId(id) ?? detail.value?.run)
  const checkpoints = computed<Checkpoint[]>(() =>
    [...(detail.value?.checkpoints ?? [])].sort((a, b) => b.step - a.step),
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const found = await useClient().call('runs.get', { id })
      if (mine !== asked) return
      detail.value = found
      samples.value = merged(
        found.samples,
        samples.value.filter((s) => s.step <= found.run.step),
      )
      failure.value = null
    } catch (thrown) {
      if (mine === asked) failure.value = toErrorValue(thrown)
    }
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, patience)
  }

  const client = useClient()
  const off = [
    client.on('run.sample', (event) => {
      if (event.id === id) samples.value = merged(samples.value, [event.sample])
    }),
    client.on('run.truncated', (event) => {
      if (event.id === id) samples.value = samples.value.filter((sample) => sample.step <= event.step)
    }),
  ]
  watch(() => run.value?.step, later)
  watch(
    () => run.value?.status,
    (now, before) => before && now !== before && void load(),
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    off.forEach((stop) => stop())
  })
  void load()
  metrics.show(() => [id])
  return { run, detail, failure, samples, checkpoints, load }
}

/** Merges by step; of two with the same step the later one is kept. */
function merged(...lists: RunSample[][]): RunSample[] {
  const byStep = new Map(lists.flat().map((sample) => [sample.step, sample]))
  return [...byStep.values()].sort((a, b) => a.step - b.step)
}
