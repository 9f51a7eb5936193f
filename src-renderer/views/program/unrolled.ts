// Rows and edges of the drawing of the network unrolled over three steps. Pure.
import { layerKey, parseLayerKey, stepKey } from '@contract/layerPath.ts'
import type { ProgramGraph, StepGraph } from '@contract/programGraph.ts'

export interface UnrolledRow {
  name: string
  about: string
  /** Names of the states passed to the next step; empty without any. */
  carried: string[]
  reverse: boolean
  /** Products of this row hoisted out of the loop. */
  hoisted: string[]
  /** Whether the row is computed in a loop over steps. */
  loop: boolean
  /** Level of the row; rows of one level are the directions of one layer, with common inputs and readers. */
  level: number
}

/** Edge from a row to one above; `at` is its position along the width of a box, 0..1, so that edges of several directions do not overlap. */
export interface Link {
  from: number
  to: number
  at: number
}

/** Rows of the network, the bottom one first, and the loss; without parts beside the network. */
export function unrolledRows(graph: ProgramGraph): UnrolledRow[] {
  const still = { carried: [], reverse: false, hoisted: [], loop: false }
  const parts = [
    ...graph.network.filter(({ beside }) => !beside),
    { name: 'loss', about: 'compared with the answers' },
  ]
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

/** Edges between neighbouring levels: each row to the lowest row of the level above, the highest row of a level to all rows above it. */
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
    .map(
      (n) =>
        step.edges
          .filter((e) => e.to === n.id)
          .map((e) => nameOf(e.from))
          .filter(Boolean)
          .join(' @ ') || n.op,
    )
  // In a joint scan of several layers names begin with the number of the layer.
  const path = parseLayerKey(layer)
  const own = step.layers.length === 1 || !path ? '' : `${stepKey(path)}.`
  const states = step.feedback.map(({ to }) => nameOf(to).replace(/'$/, '') || 'state')
  const carried = states.filter((name) => name.startsWith(own)).map((name) => name.slice(own.length))
  return { carried, reverse: step.reverse, hoisted }
}
