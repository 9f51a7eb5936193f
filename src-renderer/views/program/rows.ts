// Rows of a layered layout: order of the nodes within each column, and their y. Pure.
import type { StepNode } from '@contract/programGraph.ts'

export const nodeHeight = 26
export const gapY = 14
const sweeps = 12

/** A node, or a dummy node (`node` null) of an edge across columns. */
export interface Spot {
  id: number
  node: StepNode | null
  column: number
  row: number
  y: number
  width: number
}

/** Orders each column by the mean row of the neighbours (barycentre), sweeping from left and right in turn. */
export function ordered(spots: Map<number, Spot>, links: readonly [number, number][]): Spot[][] {
  const byColumn: Spot[][] = []
  for (const spot of spots.values()) (byColumn[spot.column] ??= []).push(spot)
  for (let c = 0; c < byColumn.length; c++) byColumn[c] ??= []
  const [left, right] = neighbours(links)
  const number = (column: Spot[]) => column.forEach((spot, row) => (spot.row = row))
  byColumn.forEach(number)
  const sort = (column: Spot[], side: Map<number, number[]>) => {
    const middle = new Map(
      column.map((s) => {
        const rows = (side.get(s.id) ?? []).map((id) => spots.get(id)!.row)
        return [s.id, rows.length > 0 ? rows.reduce((a, b) => a + b, 0) / rows.length : s.row]
      }),
    )
    column.sort((a, b) => middle.get(a.id)! - middle.get(b.id)! || a.row - b.row)
    number(column)
  }
  for (let i = 0; i < sweeps; i++) {
    for (const column of byColumn) sort(column, left)
    for (const column of byColumn.toReversed()) sort(column, right)
  }
  return byColumn
}

function neighbours(links: readonly [number, number][]): [Map<number, number[]>, Map<number, number[]>] {
  const [left, right] = [new Map<number, number[]>(), new Map<number, number[]>()]
  for (const [a, b] of links) {
    left.set(b, [...(left.get(b) ?? []), a])
    right.set(a, [...(right.get(a) ?? []), b])
  }
  return [left, right]
}

/** Sets y: every node near the mean of its neighbours, in order and at least the gap apart. */
export function align(
  byColumn: readonly Spot[][],
  links: readonly [number, number][],
  spots: ReadonlyMap<number, Spot>,
): void {
  const [left, right] = neighbours(links)
  const room = (spot: Spot) => (spot.node ? nodeHeight : 6) + gapY
  for (const column of byColumn) {
    let y = 0
    for (const spot of column) {
      spot.y = y
      y += room(spot)
    }
  }
  const settle = (column: Spot[], side: Map<number, number[]>) => {
    const wanted = column.map((s) => {
      const ys = (side.get(s.id) ?? []).map((id) => spots.get(id)!.y)
      return ys.length > 0 ? ys.reduce((a, b) => a + b, 0) / ys.length : s.y
    })
    // A pass down and a pass up; their mean keeps order and gaps.
    const down: number[] = []
    wanted.forEach((y, i) => down.push(i === 0 ? y : Math.max(y, down[i - 1]! + room(column[i - 1]!))))
    const up: number[] = []
    for (let i = column.length - 1; i >= 0; i--)
      up[i] = i === column.length - 1 ? wanted[i]! : Math.min(wanted[i]!, up[i + 1]! - room(column[i]!))
    column.forEach((s, i) => (s.y = (down[i]! + up[i]!) / 2))
  }
  for (let i = 0; i < sweeps; i++) {
    for (const column of byColumn) settle(column, left)
    for (const column of byColumn.toReversed()) settle(column, right)
  }
}
