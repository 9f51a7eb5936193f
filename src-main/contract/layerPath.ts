// Paths of layers. As a value it is a LayerPath; in names of weights, metrics and stored records it is its key,
// `encoder.layers.0.reverse`. Only this file makes and parses keys.

export const scanDirections = ['reverse', 'down-right', 'down-left', 'up-right', 'up-left'] as const
/** `reverse` reads a sequence from its end; the others scan an image from a corner, away from it. */
export type ScanDirection = (typeof scanDirections)[number]

export interface LayerPath {
  /** Part of a model that has several: `encoder`, `professor`. The only part, and a decoder, have none. */
  part?: string
  /** From the bottom up, 0 first. */
  index: number
  /** Undefined for a sequence read from its start, and for a layer as a whole. */
  direction?: ScanDirection
}

const partPattern = String.raw`(?:(?:(\w+)\.)?layers\.)`
const layerPattern = String.raw`(\d+)(?:\.(${scanDirections.join('|')}))?`
const wholeKey = new RegExp(`^${partPattern}${layerPattern}$`)
const keyPrefix = new RegExp(`^${partPattern}?${layerPattern}\\.(.+)$`)

function pathOf([part, index, direction]: (string | undefined)[]): LayerPath {
  return {
    ...(part !== undefined && { part }),
    index: Number(index),
    ...(direction !== undefined && { direction: direction as ScanDirection }),
  }
}

/** The stored form: `layers.0`, `layers.1.reverse`, `layers.0.down-right`, `encoder.layers.0`. */
export const layerKey = (path: LayerPath): string =>
  `${path.part === undefined ? '' : `${path.part}.`}layers.${stepKey(path)}`

/** The form inside the step of one part, `0.reverse`: signals are named `0.reverse.h` there. */
export const stepKey = ({ index, direction }: LayerPath): string =>
  direction === undefined ? String(index) : `${index}.${direction}`

/** The layer of a key; undefined if it is no key. */
export function parseLayerKey(key: string): LayerPath | undefined {
  const found = wholeKey.exec(key)
  return found ? pathOf(found.slice(1)) : undefined
}

/** The layer that a name begins with and the rest of it: of a weight, `layers.0.reverse.w_hh`, or of a node of its step, `0.reverse.h`. */
export function splitLayer(name: string): { layer: LayerPath; rest: string } | undefined {
  const found = keyPrefix.exec(name)
  return found ? { layer: pathOf(found.slice(1, 4)), rest: found[4]! } : undefined
}

/** A key for people: Layer 1, reverse; Layer 1, up-left; Encoder, layer 1. Other text is returned unchanged. */
export function layerTitle(key: string): string {
  const path = parseLayerKey(key)
  if (!path) return key
  const { part, index, direction } = path
  const name = part ? `${part[0]!.toUpperCase()}${part.slice(1)}, layer` : 'Layer'
  return `${name} ${index + 1}${direction ? `, ${direction}` : ''}`
}
