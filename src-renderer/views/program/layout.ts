// Layered layout of the graph of a step (Sugiyama et al. 1981): columns by longest path with hoisted nodes left of the loop, rows ordered to
// reduce crossings. Pure; node widths come from the caller.
import type { StepGraph, StepNode } from '@contract/programGraph.ts'
import { largest, least } from '@contract/longLists.ts'
import { align, gapY, nodeHeight, ordered, type Spot } from './rows.ts'

export interface Placed {
  node: StepNode
  x: number
  y: number
  width: number
}
export interface Line {
  from: number
  to: number
  points: { x: number; y: number }[]
}
export interface StepLayout {
  width: number
  height: number
  nodes: Placed[]
  lines: Line[]
  /** Edges of the states back to the beginning of the next step. */
  feedback: Line[]
  /** Box around the loop. */
  loop: { x: number; y: number; width: number; height: number }
}

const gapX = 34
const margin = 24
const boxRoom = 16

const isOutside = ({ kind, place }: StepNode): boolean => kind === 'input' || place === 'before'

export function layoutStep(step: StepGraph, widthOf: (node: StepNode) => number): StepLayout {
  const columns = columnsOf(step)
  const spots = new Map<number, Spot>()
  for (const node of step.nodes) {
    const column = columns.get(node.id)!
    spots.set(node.id, { id: node.id, node, column, row: 0, y: 0, width: widthOf(node) })
  }
  const chains = step.edges.map(({ from, to }) => ({ from, to, ids: chainOf(from, to, spots) }))
  const links = chains.flatMap(({ ids }) => ids.slice(1).map((id, i): [number, number] => [ids[i]!, id]))
  const byColumn = ordered(spots, links)
  const starts = startsOf(byColumn)
  align(byColumn, links, spots)
  const all = [...spots.values()]
  const top = least(all.map((s) => s.y))
  for (const spot of all) spot.y += margin + boxRoom - top
  const at = (spot: Spot) => starts[spot.column]! + (spot.node ? 0 : 4)
  const nodes = all
    .filter((s) => s.node)
    .map((s): Placed => ({ node: s.node!, x: at(s), y: s.y, width: s.width }))
  const bends = all.filter((s) => !s.node).map((s) => ({ x: at(s), y: s.y }))
  const loop = boxOf(nodes, bends)
  const lines = chains.map(({ from, to, ids }): Line => ({ from, to, points: pointsOf(ids, spots, at) }))
  const bottom = loop.y + loop.height
  const feedback = step.feedback.map(({ from, to }, i): Line => {
    const [a, b] = [spots.get(from)!, spots.get(to)!]
    const under = bottom - 6 + 12 * i + gapY
    const [right, left] = [at(a) + a.width, at(b)]
    return {
      from,
      to,
      points: [
        { x: right, y: a.y + nodeHeight / 2 },
        { x: right + 14 + 5 * i, y: a.y + nodeHeight / 2 },
        { x: right + 14 + 5 * i, y: under },
        { x: left - 14 - 5 * i, y: under },
        { x: left - 14 - 5 * i, y: b.y + nodeHeight / 2 },
        { x: left, y: b.y + nodeHeight / 2 },
      ],
    }
  })
  const low = Math.max(bottom, largest(all.map((s) => s.y + nodeHeight))) + 12 * step.feedback.length
  const right = Math.max(loop.x + loop.width, largest(nodes.map((n) => n.x + n.width)))
  return {
    width: right + margin + 5 * step.feedback.length,
    height: low + margin,
    nodes,
    lines,
    feedback,
    loop,
  }
}

/** Assigns columns by longest path: hoisted nodes before the loop, weights next to their first reader. */
function columnsOf({ nodes, edges }: StepGraph): Map<number, number> {
  const inputs = new Map<number, number[]>()
  const readers = new Map<number, number[]>()
  for (const { from, to } of edges) {
    inputs.set(to, [...(inputs.get(to) ?? []), from])
    readers.set(from, [...(readers.get(from) ?? []), to])
  }
  const columns = new Map<number, number>()
  // Nodes are in topological order.
  const place = (node: StepNode, first: number) => {
    const before = (inputs.get(node.id) ?? []).map((id) => columns.get(id) ?? first - 1)
    columns.set(node.id, Math.max(first, largest(before.map((c) => c + 1))))
  }
  const outside = nodes.filter(isOutside)
  for (const node of outside) place(node, node.kind === 'input' ? 0 : 1)
  const hoisted = outside.filter((n) => n.kind !== 'input').map((n) => columns.get(n.id)!)
  const first = hoisted.length > 0 ? largest(hoisted) + 1 : outside.length > 0 ? 1 : 0
  for (const node of nodes) {
    if (!isOutside(node) && node.kind !== 'weight') place(node, first)
  }
  for (const node of nodes) {
    if (node.kind !== 'weight') continue
    const reading = (readers.get(node.id) ?? []).map((id) => columns.get(id)!)
    columns.set(node.id, least(reading) - 1)
  }
  const leftmost = least(columns.values())
  for (const [id, column] of columns) columns.set(id, column - leftmost)
  return columns
}

/** Ids of the path from a node to its reader, with a dummy node in every column between. */
function chainOf(from: number, to: number, spots: Map<number, Spot>): number[] {
  const ids = [from]
  const [start, end] = [spots.get(from)!.column, spots.get(to)!.column]
  for (let column = start + 1; column < end; column++) {
    const id = -1 - spots.size
    spots.set(id, { id, node: null, column, row: 0, y: 0, width: 0 })
    ids.push(id)
  }
  return [...ids, to]
}

function startsOf(byColumn: readonly Spot[][]): number[] {
  const starts: number[] = []
  let x = margin
  for (const column of byColumn) {
    starts.push(x)
    x += Math.max(8, largest(column.map((s) => s.width))) + gapX
  }
  return starts
}

function pointsOf(ids: readonly number[], spots: ReadonlyMap<number, Spot>, at: (spot: Spot) => number) {
  return ids.map((id, i) => {
    const spot = spots.get(id)!
    const x = i === 0 ? at(spot) + spot.width : at(spot)
    return { x, y: spot.y + (spot.node ? nodeHeight / 2 : 3) }
  })
}

/** Bounding box of the nodes and edges inside the loop. */
function boxOf(nodes: readonly Placed[], bends: readonly { x: number; y: number }[]): StepLayout['loop'] {
  const inside = nodes.filter(({ node }) => !isOutside(node) && node.kind !== 'weight')
  if (inside.length === 0) return { x: 0, y: 0, width: 0, height: 0 }
  const x = least(inside.map((n) => n.x)) - boxRoom
  const right = largest(inside.map((n) => n.x + n.width)) + boxRoom
  const within = [...nodes, ...bends].filter((n) => n.x >= x && n.x <= right)
  const y = least(within.map((n) => n.y)) - boxRoom
  const bottom = largest(within.map((n) => n.y + nodeHeight)) + boxRoom
  return { x, y, width: right - x, height: bottom - y }
}

/** SVG path through the points, with horizontal tangents at each point. */
export function curve(points: readonly { x: number; y: number }[]): string {
  return points
    .map(({ x, y }, i) => {
      if (i === 0) return `M${x} ${y}`
      const before = points[i - 1]!
      const middle = (before.x + x) / 2
      return `C${middle} ${before.y} ${middle} ${y} ${x} ${y}`
    })
    .join('')
}

/** SVG path of straight segments with round corners, for state edges. */
export function bent(points: readonly { x: number; y: number }[], radius = 8): string {
  const parts = points.map(({ x, y }, i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    if (!before) return `M${x} ${y}`
    if (!after) return `L${x} ${y}`
    const toward = (to: { x: number; y: number }) => {
      const [dx, dy] = [to.x - x, to.y - y]
      const length = Math.hypot(dx, dy) || 1
      const by = Math.min(radius, length / 2)
      return `${x + (dx / length) * by} ${y + (dy / length) * by}`
    }
    return `L${toward(before)}Q${x} ${y} ${toward(after)}`
  })
  return parts.join('')
}
