// A compiled training step as plain data: what a step of a cell computes, what the compiler made of it, its calls in order, and its memory.
// Terminal and page draw it; neither computes.

/** forward: up to the loss. backward: the gradients. update: clipping, optimiser, new weights. */
export type Section = 'forward' | 'backward' | 'update'

export type NodeKind =
  'input' | 'weight' | 'state' | 'product' | 'pointwise' | 'reduction' | 'window' | 'constant'

/**
 * before: hoisted, for all steps at once, ahead of the loop. step: inside the loop. free: a view of its input, without a call. after: for all
 * steps at once, behind the loop.
 */
export type NodePlace = 'before' | 'step' | 'after' | 'free'

/** One node of the cell's step as it was written. */
export interface StepNode {
  id: number
  op: string
  kind: NodeKind
  /** Name of the weight, state or signal; '' if it has none. */
  name: string
  shape: number[]
  place: NodePlace
  /** Kernel call that computes it, by number within its step; null if none is needed. */
  call: number | null
}

export interface StepGraph {
  /** `layers.0`, `layers.1.reverse`, `encoder, layers.0`, `layers.0 + layers.1` for layers in a joint scan. */
  name: string
  /** The layers' keys as in names of weights: `encoder.layers.0`. */
  layers: string[]
  steps: number
  /** How often the loop runs: once, or once per row of an image. */
  rows: number
  reverse: boolean
  nodes: StepNode[]
  edges: { from: number; to: number }[]
  /** State updates: from the node of the new value to the state. */
  feedback: { from: number; to: number }[]
}

export interface NetworkLayer {
  name: string
  /** `LSTM, 128 units`. */
  about: string
  parameters: number
  /** Not on the path from the input to the loss: reads another sequence, or is a discriminator. */
  beside?: boolean
}

/** One finding of the compiler, as text. */
export interface Finding {
  kind: 'hoisted' | 'late' | 'fused' | 'absorbed' | 'free' | 'saved' | 'packed' | 'smaller' | 'skipped'
  text: string
}

export interface ProgramCall {
  kernel: string
  /** What it computes, in names of signals where they exist. */
  title: string
  section: Section
  /** Output and input shapes. */
  outs: number[][]
  ins: number[][]
  /** How often it runs per training step; inside an if-region the maximum. */
  times: number
  /** Per training step, if no if-region is skipped: arithmetic operations, and bytes of memory traffic if loops keep in cache what they reread. */
  flops: number
  bytes: number
  /** The operations of a fusion group. */
  ops: string[]
}

export interface ProgramLoop {
  kernel: 'loop'
  title: string
  section: Section
  count: number
  reverse: boolean
  body: ProgramItem[]
}

/** Calls that run only if some element of a predicate is not 0 (`open`), or the calls that run otherwise (a separate item, right after). */
export interface ProgramGuard {
  kernel: 'guard'
  /** The predicate. */
  title: string
  section: Section
  open: boolean
  body: ProgramItem[]
}
export type ProgramItem = ProgramCall | ProgramLoop | ProgramGuard

/** The heading above the calls of a loop or if-region. */
export function branchText(item: ProgramLoop | ProgramGuard, to = ' … '): string {
  if (item.kernel === 'guard') return item.open ? `if any ${item.title}:` : 'else:'
  const last = item.count - 1
  return `for t = ${item.reverse ? `${last}${to}0` : `0${to}${last}`}: ${item.title}`
}

export type MemoryKind =
  | 'weights'
  | 'moments'
  | 'carried'
  | 'inputs'
  | 'outputs'
  | 'saved'
  | 'stacked'
  | 'hoisted'
  | 'gradients'
  | 'packed'
  | 'loops'
  | 'temporaries'

/** Memory of one part of the program. */
export interface MemoryPart {
  kind: MemoryKind
  title: string
  /** Its bytes without sharing. */
  bytes: number
  /** Its share of the arena: bytes shared by several parts are counted once, for the first in this list. */
  held: number
  /** Its largest buffers. */
  items: { name: string; bytes: number }[]
}

export interface ProgramGraph {
  network: NetworkLayer[]
  steps: StepGraph[]
  /** Graph nodes, including bodies of loops. */
  nodes: { before: number; after: number }
  findings: Finding[]
  program: ProgramItem[]
  /** If no if-region is skipped. */
  totals: {
    calls: number
    flops: number
    products: number
    bytes: number
    sections: Record<Section, { calls: number; flops: number }>
  }
  memory: {
    /** Memory of the whole run: `bytes`, and `held` of the others. */
    whole: number
    /** Memory of the training program: the sum of its parts' `held`. */
    bytes: number
    /** Bytes saved by sharing between buffers that are never live together: the sum of `bytes` less the program's. */
    shared: number
    parts: MemoryPart[]
    /**
     * Memory beside the training program: other programs in the same arena between two steps, scratch memory of the kernels, symbols. `bytes`
     * alone, and `held`: by how much the total grows for it.
     */
    others: { name: string; bytes: number; held: number }[]
  }
}
