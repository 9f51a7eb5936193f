// Loads the compile report of a run, or of the configuration in the launch form.
import type { ProgramGraph } from '@contract/programGraph.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { shallowRef, watch } from 'vue'
import { useClient } from '../../state/connection.ts'

/** `what` returns the id of a run or a configuration; undefined: nothing to load yet. */
export function useGraph(what: () => { id: string } | { config: unknown } | undefined) {
  const graph = shallowRef<ProgramGraph | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  let asked = 0

  async function load(): Promise<void> {
    const of = what()
    const mine = ++asked
    graph.value = null
    failure.value = null
    if (!of) return
    const client = useClient()
    try {
      const found = await ('id' in of ? client.call('runs.graph', of) : client.call('config.graph', of))
      if (mine === asked) graph.value = found
    } catch (thrown) {
      if (mine === asked) failure.value = toErrorValue(thrown)
    }
  }
  watch(
    () => JSON.stringify(what() ?? null),
    () => void load(),
    { immediate: true },
  )
  return { graph, failure, load }
}
