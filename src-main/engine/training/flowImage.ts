// Gradient through the places of a picture. A scan from a corner reaches all places of an anti-diagonal equally late, and every way from one
// corner to the other crosses each of them once: an anti-diagonal is a step. Norms are taken per place here; flowPoint.ts adds them up.
import { adjoints, derive } from '../compile/derive.ts'
import type { Node } from '../graph/node.ts'
import { mul, pad, reshape, slice } from '../graph/ops.ts'
import type { Direction } from '../nn/imageNetwork.ts'
import type { NudgedImage } from '../nn/nudges.ts'
import { unitNorms } from './unitNorms.ts'

/** What flows into a stack (R, C, B, D), only at the place that a scan comes to last. */
function atLastPlace(into: Node, { up, left }: Direction): Node {
  const [rows, columns] = into.shape as [number, number, number, number]
  const [row, column] = [up ? 0 : rows - 1, left ? 0 : columns - 1]
  const place = slice(slice(into, 0, row, 1), 1, column, 1)
  return pad(pad(place, 1, column, columns), 0, row, rows)
}

/**
 * Outputs `norms/layers.0.down-right` and `last/layers.0.down-right`, (R, C, B) each: the norm over the units of dL/dh at every place, of the
 * whole loss and of the part of it that is read at the last place of that direction.
 */
export function imageFlowOutputs(
  loss: Node,
  { network: { layers }, places, top }: NudgedImage,
): Record<string, Node> {
  const outputs: Record<string, Node> = {}
  const names = [...places.keys()]
  const take = (kind: string, name: string, gradient: Node) => {
    const [rows, columns, batch, units] = gradient.shape as [number, number, number, number]
    const norms = unitNorms(reshape(gradient, [rows * columns, batch, units]))
    outputs[`${kind}/${name}`] = reshape(norms, [rows, columns, batch])
  }
  const nudges = [...places.values()]
  derive(loss, nudges).forEach((g, i) => take('norms', names[i]!, g))
  const [into] = derive(loss, [top]) as [Node]
  for (const { direction } of layers[0]!.scans) {
    const own = names.filter((name) => name.endsWith(`.${direction.id}`))
    const wrt = own.map((name) => places.get(name)!)
    adjoints([[top, atLastPlace(into, direction)]], wrt, false).forEach((g, i) =>
      take('last', own[i]!, g ?? mul(wrt[i]!, 0)),
    )
  }
  return outputs
}
