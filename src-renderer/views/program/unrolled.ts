// The network over three steps as boxes and arrows: which rows there are, and what passes between them. Pure.
import type { ProgramGraph, StepGraph } from '@contract/programGraph.ts'

export interface UnrolledRow {
  name: string
  about: string
  /** Names of the states that go on to the next step; empty where nothing is carried. */
  carried: string[]
  reverse: boolean
  /** Products of this row that are made for all steps at once, before the loop. */
  hoisted: string[]
  /** Whether it is computed step by step. */
  loop: boolean
}

/** Bottom row first; what stands beside the network is left out. */
export function unrolledRows(graph: ProgramGraph): UnrolledRow[] {
  const rows = graph.network
    .filter(({ beside }) => !beside)
    .map(({ name, about }): UnrolledRow => {
      const step = graph.steps.find((s) => s.layers.includes(name))
      return step
        ? { name, about, ...passing(step, name), loop: true }
        : { name, about, carried: [], reverse: false, hoisted: [], loop: false }
    })
  return [...rows, { name: 'loss', about: 'compared with the answers', carried: [], reverse: false, hoisted: [], loop: false }] // prettier-ignore
}

function passing(step: StepGraph, layer: string): Pick<UnrolledRow, 'carried' | 'reverse' | 'hoisted'> {
  const nameOf = (id: number) => step.nodes.find((n) => n.id === id)?.name ?? ''
  const hoisted = step.nodes
    .filter((n) => n.place === 'before' && n.kind === 'product')
    .map((n) => step.edges.filter((e) => e.to === n.id).map((e) => nameOf(e.from)).filter(Boolean).join(' @ ') || n.op) // prettier-ignore
  // Where several layers step together, names begin with the layer's number.
  const own = step.layers.length === 1 ? '' : `${layer.replace('layers.', '')}.`
  const states = step.feedback.map(({ to }) => nameOf(to).replace(/'$/, '') || 'state')
  const carried = states.filter((name) => name.startsWith(own)).map((name) => name.slice(own.length))
  return { carried, reverse: step.reverse, hoisted }
}
