// The network over three steps as boxes and arrows: which rows there are, and what passes between them. Pure.
import { layerKey, parseLayerKey, stepKey } from '@contract/layerPath.ts'
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
  /** Rows of one level are directions of one layer: they read the same and are read together. */
  level: number
}

/** What goes upwards, from row to row; `at` is the place along the width of a box, 0 to 1, so that lines to and from directions stay apart. */
export interface Link {
  from: number
  to: number
  at: number
}

/** Bottom row first; what stands beside the network is left out. */
export function unrolledRows(graph: ProgramGraph): UnrolledRow[] {
  const still = { carried: [], reverse: false, hoisted: [], loop: false }
  const parts = [...graph.network.filter(({ beside }) => !beside), { name: 'loss', about: 'compared with the answers' }] // prettier-ignore
  let level = -1
  let before = ''
  return parts.map(({ name, about }): UnrolledRow => {
    const path = parseLayerKey(name)
    const layer = path ? layerKey({ index: path.index }) : name
    if (layer !== before) level++
    before = layer
    const step = graph.steps.find((s) => s.layers.includes(name))
    return { name, about, ...(step ? { ...passing(step, name), loop: true } : still), level }
  })
}

/** Every row gives to the lowest of the level above, and the highest of a level to all above it. */
export function linksOf(rows: readonly UnrolledRow[]): Link[] {
  const levels: number[][] = []
  rows.forEach(({ level }, r) => (levels[level] ??= []).push(r))
  const place = (row: number, of: readonly number[]) => (of.indexOf(row) + 1) / (of.length + 1)
  return levels.slice(1).flatMap((upper, i) => {
    const lower = levels[i]!
    return [
      ...lower.map((from) => ({ from, to: upper[0]!, at: place(from, lower) })),
      ...upper.slice(1).map((to) => ({ from: lower.at(-1)!, to, at: place(to, upper) })),
    ]
  })
}

function passing(step: StepGraph, layer: string): Pick<UnrolledRow, 'carried' | 'reverse' | 'hoisted'> {
  const nameOf = (id: number) => step.nodes.find((n) => n.id === id)?.name ?? ''
  const hoisted = step.nodes
    .filter((n) => n.place === 'before' && n.kind === 'product')
    .map((n) => step.edges.filter((e) => e.to === n.id).map((e) => nameOf(e.from)).filter(Boolean).join(' @ ') || n.op) // prettier-ignore
  // Where several layers step together, names begin with the layer's number.
  const path = parseLayerKey(layer)
  const own = step.layers.length === 1 || !path ? '' : `${stepKey(path)}.`
  const states = step.feedback.map(({ to }) => nameOf(to).replace(/'$/, '') || 'state')
  const carried = states.filter((name) => name.startsWith(own)).map((name) => name.slice(own.length))
  return { carried, reverse: step.reverse, hoisted }
}
