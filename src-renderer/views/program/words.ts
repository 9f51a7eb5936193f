// Texts for parts of the compile report.
import type { ProgramItem, Section, StepGraph, StepNode } from '@contract/programGraph.ts'

export const shapeText = (shape: readonly number[]): string => shape.join(' × ') || '1'

const marks: Record<string, string> = { sigmoid: 'σ', matmul: '@' }

/** Label of a node. */
export function pillText({ kind, op, name }: StepNode): string {
  if (kind === 'input' || kind === 'weight' || kind === 'state') return name
  const mark = marks[op] ?? op
  return name ? `${name} = ${mark}` : mark
}

/** Estimated width of a node in pixels, without measuring the font, so that the layout needs no DOM. */
export const pillWidth = (node: StepNode): number => Math.max(30, Math.round(pillText(node).length * 7 + 20))

export const placeTexts: Record<StepNode['place'], string> = {
  before: 'once for all steps, before the loop',
  step: 'in every step',
  after: 'once for all steps, behind the loop',
  free: 'no work: another view of what is there',
}

/** A sentence about a node: shape, position relative to the loop, other nodes of its call. */
export function nodeText(node: StepNode, step: StepGraph): string {
  const leaf = node.kind === 'input' || node.kind === 'weight' || node.kind === 'state'
  const what = leaf ? `${node.kind} ${node.name}` : `${node.name ? `${node.name} = ` : ''}${node.op}`
  const where = leaf ? '' : `, ${placeTexts[node.place]}`
  if (node.call === null) return `${what} (${shapeText(node.shape)})${where}`
  const others = step.nodes.filter((n) => n.call === node.call && n !== node).length
  const shared =
    others > 0
      ? `call ${node.call}, with ${others} other ${others === 1 ? 'node' : 'nodes'}`
      : `call ${node.call}, alone`
  return `${what} (${shapeText(node.shape)})${where}, ${shared}`
}

export interface TreeRow {
  item: ProgramItem
  depth: number
}

/** Lines of the program; `section` selects one part. */
export const treeRows = (items: readonly ProgramItem[], section: Section | '', depth = 0): TreeRow[] =>
  items
    .filter((item) => section === '' || depth > 0 || item.section === section)
    .flatMap((item) => [{ item, depth }, ...('body' in item ? treeRows(item.body, '', depth + 1) : [])])

/** `sigmoid ×3, mul ×2`: the operations of a fused call. */
export function opsText(ops: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].map(([op, n]) => (n > 1 ? `${op} ×${n}` : op)).join(', ')
}
