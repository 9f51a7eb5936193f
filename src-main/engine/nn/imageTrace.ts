// Traces of a network over images. Shapes: R rows, C columns, B images. Each direction is a scan over rows around a scan over columns;
// the states of the row before are inputs of the inner scan, so all products but that of the place beside leave it.
import { named } from '../graph/names.ts'
import { sameShape, type Node } from '../graph/node.ts'
import { add, concat, constant, gather, linear, oneHot, reshape, slice, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Direction, ImageLayer, ImageNetwork } from './imageNetwork.ts'
import { within, type Weights } from './network.ts'
import { imagePlace } from './nudges.ts'
import { activityPenalty, dropInput, laneOf, linkBelow, type Shown } from './regularise.ts'
import { moved } from './step.ts'

const byName = (names: readonly string[], nodes: readonly Node[]): Record<string, Node> =>
  Object.fromEntries(names.map((name, i) => [name, nodes[i]!]))

/** One row: x (C, B, I), states (C, B, H) of the row before, what is added to h (C, B, H) -> states and wanted signals of this one, the same shapes. */
export function scanRow(
  network: ImageNetwork,
  weights: Weights,
  { direction, prefix }: ImageLayer['scans'][number],
  x: Node,
  above: readonly Node[],
  watch: readonly string[] = [],
  nudge?: Node,
): { state: Node[]; h: Node; signals: Node[] } {
  const { cell, options } = network
  const own = Object.fromEntries(within(weights, prefix))
  const init = above.map((s) => zeros(s.shape.slice(1)))
  const xs = [x, ...above, ...(nudge ? [nudge] : [])]
  const { ys } = scan({ xs, init, reverse: direction.left }, ([xt, ...up], left) => {
    const plain = cell.step(own, xt!, byName(cell.state, left), byName(cell.state, up), options)
    nameAll(prefix, byName(cell.state, left), byName(cell.state, up), plain)
    const { state, signals } = nudge
      ? moved(plain, plain.signals.h!, add(plain.signals.h!, up.at(-1)!))
      : plain
    const next = cell.state.map((name) => state[name]!)
    return { state: next, ys: [...next, signals.h!, ...watch.map((id) => signals[id]!)] }
  })
  const count = cell.state.length
  return { state: ys.slice(0, count), h: ys[count]!, signals: ys.slice(count + 1) }
}

/** `0.down-right.c'` beside, `0.down-right.c↑` in the row before, `0.down-right.c` here, for whoever explains the program. */
function nameAll(
  prefix: string,
  left: Record<string, Node>,
  up: Record<string, Node>,
  made: Record<'state' | 'signals', Record<string, Node>>,
): void {
  const place = prefix.replace(/^layers\./, '')
  for (const [name, node] of Object.entries(left)) named(node, `${place}${name}'`)
  for (const [name, node] of Object.entries(up)) named(node, `${place}${name}↑`)
  for (const [name, node] of [...Object.entries(made.signals), ...Object.entries(made.state)])
    named(node, `${place}${name}`)
}

/** A whole image: x (R, C, B, I) -> h and wanted signals (R, C, B, H). */
function scanImage(
  network: ImageNetwork,
  weights: Weights,
  layer: ImageLayer,
  at: ImageLayer['scans'][number],
  x: Node,
  watch: readonly string[],
  nudge: Node | undefined,
): { h: Node; signals: Node[] } {
  const [, columns, batch] = x.shape as [number, number, number]
  const init = network.cell.state.map(() => zeros([columns, batch, layer.hidden]))
  const xs = nudge ? [x, nudge] : [x]
  const { ys } = scan({ xs, init, reverse: at.direction.up }, ([row, push], above) => {
    const made = scanRow(network, weights, at, row!, above, watch, push)
    return { state: made.state, ys: [made.h, ...made.signals] }
  })
  return { h: ys[0]!, signals: ys.slice(1) }
}

/** `a` moved by one along `axis`, `edge` where nothing came from. */
const shifted = (a: Node, axis: number, edge: number): Node => {
  const one = a.shape.map((d, i) => (i === axis ? 1 : d))
  return concat([constant(edge, one), slice(a, axis, 0, a.shape[axis]! - 1)], axis)
}

/** Ids (...) -> vectors (..., size); zeros for -1, beyond the edge. */
function vectors({ input }: ImageNetwork, weights: Weights, ids: Node): Node {
  return input.kind === 'embedding' ? gather(weights.get('embedding.w')!, ids) : oneHot(ids, input.symbols)
}

/** What each direction of the first layer reads of ids to the left and above (or of the pixel itself as `above`). */
export function firstInputs(network: ImageNetwork, weights: Weights, left: Node, above: Node) {
  const seen = vectors(network, weights, above)
  const both = concat([vectors(network, weights, left), seen], seen.shape.length - 1)
  return ({ left: fromRight }: Direction): Node => (fromRight ? seen : both)
}

/** The directions' h met, (..., shown). */
export function merged({ options }: ImageNetwork, parts: readonly Node[]): Node {
  if (options.merge === 'concat') return concat(parts, parts[0]!.shape.length - 1)
  return parts.slice(1).reduce((sum, h) => add(sum, h), parts[0]!)
}

/** h, and with residual links what was read, where the sizes fit; only above the first layer. */
export const linked = ({ residual }: ImageNetwork, layer: number, h: Node, below: Node): Node =>
  residual && layer > 0 && sameShape(h.shape, below.shape) ? add(h, below) : h

export interface ImageTrace {
  /** What the readout reads, (R, C, B, shown); in training through dropout. */
  top: Node
  /** Signals that `watch` asked for, `layer.direction.signal` -> (R, C, B, H). */
  signals: Map<string, Node>
  /** In training, if one is asked for: what is to be added to the loss. */
  penalty: Node | undefined
}

/** pixels: ids (R, C, B). Masks fall only in `training`. */
export function traceImage(
  network: ImageNetwork,
  weights: Weights,
  pixels: Node,
  look: {
    watch?: (layer: number, signal: string) => boolean
    training?: boolean
    /** Added to h inside the scans, see imageNudges. */
    nudge?: ReadonlyMap<string, Node>
  } = {},
): ImageTrace {
  const { causal, regular } = network
  const training = look.training ?? false
  const drop = (layer: number, x: Node) => (training ? dropMasked(network, layer, x) : x)
  const first: (direction: Direction) => Node = causal
    ? firstInputs(network, weights, shifted(pixels, 1, -1), shifted(pixels, 0, -1))
    : () => vectors(network, weights, pixels)
  const shown: Shown[] = []
  const signals: ImageTrace['signals'] = new Map()
  let below: Node | undefined
  network.layers.forEach((layer, l) => {
    const watched = network.cell.signals.map((s) => s.id).filter((id) => look.watch?.(l, id))
    const read = below && drop(l, below)
    const parts = layer.scans.map((at) => {
      // The second direction of a pixel model runs one row behind, or it would see pixels to the right.
      const x = read
        ? causal && at.direction.left
          ? shifted(read, 0, 0)
          : read
        : network.input.kind === 'onehot'
          ? first(at.direction)
          : drop(l, first(at.direction))
      const nudge = look.nudge?.get(imagePlace(l, at.direction.id))
      const made = scanImage(network, weights, layer, at, x, watched, nudge)
      watched.forEach((id, i) => signals.set(`${l}.${at.direction.id}.${id}`, made.signals[i]!))
      return made.h
    })
    const h = merged(network, parts)
    shown.push({ h, mask: undefined })
    below = below ? linked(network, l, h, below) : h
  })
  const top = drop(network.layers.length, below!)
  const penalty = training && regular.activityPenalty > 0 ? activityPenalty(regular.activityPenalty, shown) : undefined // prettier-ignore
  return { top, signals, penalty }
}

/** Dropout with places in the part of time steps: a variational mask is the same at all places of an image. */
function dropMasked({ regular, layers }: ImageNetwork, layer: number, x: Node): Node {
  const [rows, columns, batch, width] = x.shape as [number, number, number, number]
  const flat = reshape(x, [rows * columns, batch, width])
  return reshape(dropInput(regular, laneOf(layer), linkBelow(layer, layers.length), flat), x.shape)
}

/** h (..., shown) -> outputs before softmax (..., V). */
export const imageReadout = (weights: Weights, h: Node): Node =>
  add(linear(h, weights.get('readout.w')!), weights.get('readout.b')!)
