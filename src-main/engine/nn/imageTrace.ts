// The graph of a network over images. Shapes: R rows, C columns, B images. Each direction is a scan over columns inside a scan over rows;
// the states of the previous row are inputs of the inner scan, so only the product with the neighbour in the row stays inside it.
import { layerKey, type LayerPath } from '../../contract/layerPath.ts'
import { named } from '../graph/names.ts'
import { sameShape, type Node } from '../graph/node.ts'
import { add, concat, constant, gather, linear, oneHot, reshape, slice, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Corner, ImageLayer, ImageNetwork, ImageScan } from './imageNetwork.ts'
import { signalKey, weightPrefix, type ModelTrace, type TraceOptions } from './model.ts'
import { activityPenalty, dropInput, maskStream, linkBelow, type LayerOutput } from './regularise.ts'
import { replaceNode } from './step.ts'
import { within, type Weights } from './weights.ts'

const byName = (names: readonly string[], nodes: readonly Node[]): Record<string, Node> =>
  Object.fromEntries(names.map((name, i) => [name, nodes[i]!]))

/** One row: x (C, B, I), states (C, B, H) of the previous row, perturbation of h (C, B, H) -> states and recorded signals of this row, (C, B, H). */
export function scanRow(
  network: ImageNetwork,
  weights: Weights,
  { corner, owner }: ImageScan,
  x: Node,
  above: readonly Node[],
  watch: readonly string[] = [],
  perturbation?: Node,
): { state: Node[]; h: Node; signals: Node[] } {
  const { cell, options } = network
  const own = Object.fromEntries(within(weights, weightPrefix(owner)))
  const init = above.map((s) => zeros(s.shape.slice(1)))
  const xs = [x, ...above, ...(perturbation ? [perturbation] : [])]
  const { ys } = scan({ xs, init, reverse: corner.left }, ([xt, ...up], left) => {
    const plain = cell.step(own, xt!, byName(cell.state, left), byName(cell.state, up), options)
    nameAll(owner, byName(cell.state, left), byName(cell.state, up), plain)
    const { state, signals } = perturbation
      ? replaceNode(plain, plain.signals.h!, add(plain.signals.h!, up.at(-1)!))
      : plain
    const next = cell.state.map((name) => state[name]!)
    return { state: next, ys: [...next, signals.h!, ...watch.map((id) => signals[id]!)] }
  })
  const count = cell.state.length
  return { state: ys.slice(0, count), h: ys[count]!, signals: ys.slice(count + 1) }
}

/** Names for the compile report: `0.down-right.c'` of the neighbour in the row, `0.down-right.c↑` in the previous row, `0.down-right.c` here. */
function nameAll(
  owner: LayerPath,
  left: Record<string, Node>,
  up: Record<string, Node>,
  made: Record<'state' | 'signals', Record<string, Node>>,
): void {
  for (const [name, node] of Object.entries(left)) named(node, `${signalKey(owner, name)}'`)
  for (const [name, node] of Object.entries(up)) named(node, `${signalKey(owner, name)}↑`)
  for (const [name, node] of [...Object.entries(made.signals), ...Object.entries(made.state)])
    named(node, signalKey(owner, name))
}

/** One direction over an image: x (R, C, B, I) -> h and recorded signals (R, C, B, H). */
function scanImage(
  network: ImageNetwork,
  weights: Weights,
  layer: ImageLayer,
  at: ImageScan,
  x: Node,
  watch: readonly string[],
  perturbation: Node | undefined,
): { h: Node; signals: Node[] } {
  const [, columns, batch] = x.shape as [number, number, number]
  const init = network.cell.state.map(() => zeros([columns, batch, layer.hidden]))
  const xs = perturbation ? [x, perturbation] : [x]
  const { ys } = scan({ xs, init, reverse: at.corner.up }, ([row, push], above) => {
    const made = scanRow(network, weights, at, row!, above, watch, push)
    return { state: made.state, ys: [made.h, ...made.signals] }
  })
  return { h: ys[0]!, signals: ys.slice(1) }
}

/** `a` shifted by one along `axis`, filled with `edge`. */
const shifted = (a: Node, axis: number, edge: number): Node => {
  const one = a.shape.map((d, i) => (i === axis ? 1 : d))
  return concat([constant(edge, one), slice(a, axis, 0, a.shape[axis]! - 1)], axis)
}

/** Whether pixels are given as input vectors (R, C, B, I) in place of ids (R, C, B). */
const areVectors = ({ shape }: Node): boolean => shape.length === 4

/** Ids (...) -> vectors (..., size); zeros for -1, outside the image. Vectors (R, C, B, size) stay as they are. */
function vectors({ input }: ImageNetwork, weights: Weights, ids: Node): Node {
  if (areVectors(ids)) return ids
  return input.kind === 'embedding' ? gather(weights.get('embedding.w')!, ids) : oneHot(ids, input.symbols)
}

/** Inputs of the first layer by direction, from the ids to the left and above (or of the pixel itself, as `above`). */
export function firstInputs(network: ImageNetwork, weights: Weights, left: Node, above: Node) {
  const seen = vectors(network, weights, above)
  const both = concat([vectors(network, weights, left), seen], seen.shape.length - 1)
  return ({ left: fromRight }: Corner): Node => (fromRight ? seen : both)
}

/** h of all directions, concatenated or summed: (..., output size). */
export function merged({ options }: ImageNetwork, parts: readonly Node[]): Node {
  if (options.merge === 'concat') return concat(parts, parts[0]!.shape.length - 1)
  return parts.slice(1).reduce((sum, h) => add(sum, h), parts[0]!)
}

/** h plus the input of the layer with residual links, if the sizes are equal; only above the first layer. */
export const linked = ({ residual }: ImageNetwork, layer: number, h: Node, below: Node): Node =>
  residual && layer > 0 && sameShape(h.shape, below.shape) ? add(h, below) : h

/** The graph of an image network. pixels: ids (R, C, B), or input vectors (R, C, B, I). */
export function traceImage(
  network: ImageNetwork,
  weights: Weights,
  pixels: Node,
  { watch, training = false, perturb }: TraceOptions = {},
): ModelTrace {
  const { causal, regular } = network
  const drop = (layer: number, x: Node) => (training ? dropMasked(network, layer, x) : x)
  const outside = areVectors(pixels) ? 0 : -1
  const first: (corner: Corner) => Node = causal
    ? firstInputs(network, weights, shifted(pixels, 1, outside), shifted(pixels, 0, outside))
    : () => vectors(network, weights, pixels)
  const outputs: LayerOutput[] = []
  const signals = new Map<string, Node>()
  const perturbations = new Map<string, Node>()
  let below: Node | undefined
  network.layers.forEach((layer, l) => {
    const read = below && drop(l, below)
    const parts = layer.scans.map((at) => {
      const { path, corner } = at
      const watched = network.cell.signals.map((s) => s.id).filter((id) => watch?.(path, id))
      // The second direction of a pixel model is delayed by one row, or it would read pixels to the right.
      const x = read
        ? causal && corner.left
          ? shifted(read, 0, 0)
          : read
        : network.input.kind === 'onehot'
          ? first(corner)
          : drop(l, first(corner))
      const perturbation = perturb?.(path, [...x.shape.slice(0, 3), layer.hidden])
      if (perturbation) perturbations.set(layerKey(path), perturbation)
      const made = scanImage(network, weights, layer, at, x, watched, perturbation)
      watched.forEach((id, i) => signals.set(signalKey(path, id), made.signals[i]!))
      return made.h
    })
    const h = merged(network, parts)
    outputs.push({ h, mask: undefined })
    below = below ? linked(network, l, h, below) : h
  })
  const features = drop(network.layers.length, below!)
  const penalty =
    training && regular.activityRegularization > 0
      ? activityPenalty(regular.activityRegularization, outputs)
      : undefined
  return { features, masks: [], final: [], finalReverse: [], signals, perturbations, penalty }
}

/** Dropout with pixels as time steps: a variational mask is the same for all pixels of an image. */
function dropMasked({ regular, layers }: ImageNetwork, layer: number, x: Node): Node {
  const [rows, columns, batch, width] = x.shape as [number, number, number, number]
  const flat = reshape(x, [rows * columns, batch, width])
  return reshape(dropInput(regular, maskStream(layer), linkBelow(layer, layers.length), flat), x.shape)
}

/** h (..., output size) -> logits (..., V). */
export const imageReadout = (weights: Weights, h: Node): Node =>
  add(linear(h, weights.get('readout.w')!), weights.get('readout.b')!)
