// A compiled training step as plain data: what a step of a cell computes, what the compiler made of it, its calls in order, and where
// every byte of its memory goes. Both doors draw it; neither computes.

/** forward: up to the loss. backward: the gradients. update: clipping, optimiser, new weights. */
export type Section = 'forward' | 'backward' | 'update'

export type NodeKind =
  'input' | 'weight' | 'state' | 'product' | 'pointwise' | 'reduction' | 'window' | 'constant'

/**
 * before: computed for all steps at once, ahead of the loop. step: inside the loop. free: only another view of its input. after: once
 * more for all steps, behind the loop.
 */
export type NodePlace = 'before' | 'step' | 'after' | 'free'

/** One node of a step as the cell was written. */
export interface StepNode {
  id: number
  op: string
  kind: NodeKind
  /** Weight, state or signal that it is; '' for what has no name. */
  name: string
  shape: number[]
  place: NodePlace
  /** Fused kernel call that computes it, by number within its step; null where it needs none. */
  call: number | null
}

export interface StepGraph {
  /** `layers.0`, `layers.1.reverse`, `encoder, layers.0`, `layers.0 + layers.1` for several that step together. */
  name: string
  /** The layers in the names of their weights: `encoder.layers.0`. */
  layers: string[]
  steps: number
  /** How often the loop itself runs: once, or in every row of an image. */
  rows: number
  reverse: boolean
  nodes: StepNode[]
  edges: { from: number; to: number }[]
  /** What a state will be at the next step: from the node that makes it to the state. */
  feedback: { from: number; to: number }[]
}

export interface NetworkLayer {
  name: string
  /** `LSTM, 128 units`. */
  about: string
  parameters: number
  /** Not on the way from the input to the loss of a step: what reads another sequence, or judges this one. */
  beside?: boolean
}

/** One thing that the compiler did, in words. */
export interface Finding {
  kind: 'hoisted' | 'late' | 'fused' | 'absorbed' | 'free' | 'saved' | 'packed' | 'smaller' | 'skipped'
  text: string
}

export interface ProgramCall {
  kernel: string
  /** What it computes, in names where there are some. */
  title: string
  section: Section
  /** Output and input shapes. */
  outs: number[][]
  ins: number[][]
  /** How often it runs per training step; inside a guard, at most. */
  times: number
  /** Per training step, if no guard skips it: arithmetic operations, and bytes that must be read and written if only what a loop reads again stays in a cache. */
  flops: number
  bytes: number
  /** The operations of a fused chain. */
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

/** Calls that run only where some element of a predicate is not 0 (`open`), or those that run instead (an item of its own, right after). */
export interface ProgramGuard {
  kernel: 'guard'
  /** The predicate. */
  title: string
  section: Section
  open: boolean
  body: ProgramItem[]
}
export type ProgramItem = ProgramCall | ProgramLoop | ProgramGuard

/** The line above the calls of a loop or guard. */
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

/** What one part of the program takes. */
export interface MemoryPart {
  kind: MemoryKind
  title: string
  /** What it would take alone. */
  bytes: number
  /** What of the program's memory is counted for it: bytes shared by several parts are counted once, for the first in this list. */
  held: number
  /** Its largest pieces. */
  items: { name: string; bytes: number }[]
}

export interface ProgramGraph {
  network: NetworkLayer[]
  steps: StepGraph[]
  /** Graph nodes, bodies of loops included. */
  nodes: { before: number; after: number }
  findings: Finding[]
  program: ProgramItem[]
  /** As if every guard were open. */
  totals: {
    calls: number
    flops: number
    products: number
    bytes: number
    sections: Record<Section, { calls: number; flops: number }>
  }
  memory: {
    /** All that a run holds: `bytes`, and `held` of the others. */
    whole: number
    /** All of the training program: the sum of its parts' `held`. */
    bytes: number
    /** What buffers that are never needed together save: the sum of `bytes` less the program's. */
    shared: number
    parts: MemoryPart[]
    /**
     * What is there besides: programs that run on the same memory between two steps, the working space of the kernels, the symbols. `bytes`
     * alone, and `held` that all is larger for it.
     */
    others: { name: string; bytes: number; held: number }[]
  }
}
