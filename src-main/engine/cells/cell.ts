// The interface of a cell: a record with a pure step on graph nodes. Loops over time, gradients, readouts and values are not its concern.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'

/** The initializer of a weight; `blocks`: one constant per gate, stacked along the first axis; `identity`: for square matrices. */
export type Initializer =
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'identity'; scale: number }
  | { kind: 'blocks'; values: readonly number[] }

/** One named weight in PyTorch's layout: matrices (gates * H, fan in), vectors (gates * H). */
export interface Weight {
  shape: readonly number[]
  /** gain: an elementwise factor. buffer: a running statistic, updated by training without a gradient. */
  role: 'input' | 'recurrent' | 'bias' | 'gain' | 'embedding' | 'readout' | 'buffer'
  gates: number
  initializer: Initializer
}

/** Layer sizes that the shapes of weights depend on. */
export interface Sizes {
  input: number
  hidden: number
  /** Size of the network's output. */
  outputs: number
  /** Units of the layer above; undefined in the top layer. */
  above?: number | undefined
}

/** The context of a step besides weights, input and states. */
export interface StepContext {
  training: boolean
  /** The layer reads its sequence from the end. */
  reverse: boolean
  /** (B, 1): 1 inside a sequence, 0 at padding. Undefined: no padding. */
  mask?: Node
  /** Coupled cells: states of the layer above before this step (undefined in the top layer). */
  above?: Readonly<Record<string, Node>>
  /** Coupled cells: states and signals of the layer below after this step (undefined in the bottom layer). */
  below?: Readonly<Record<string, Node>>
}

/** The output of a step: next states, all signals, and the batch statistics from which running statistics are updated. */
export interface StepOutput<S extends string = string, G extends string = string> {
  state: Record<S, Node>
  signals: Record<G, Node> & { h: Node }
  statistics?: Record<string, Node>
}

/** A value (B, H) of a step that can be inspected. */
export interface Signal<G extends string = string> {
  id: G
  title: string
  /** gate: 0..1, bounded: -1..1, free: any value. */
  kind: 'gate' | 'bounded' | 'free'
  /** The signal of which this one is an increasing function: both rank units equally. */
  ordersAs?: NoInfer<G>
}

/** W: names of weights, S: of states, G: of signals, O: schema of the options. */
export interface CellDefinition<W extends string, S extends string, G extends string, O extends z.ZodObject> {
  id: string
  title: string
  /** Its source: authors, title, year. */
  paper: string
  /** One or two sentences for the launch form. */
  about: string
  options: O
  /** Weights by name; null: absent with these options, and not read by the step. */
  weights(sizes: Sizes, options: z.output<O>): Record<W, Weight | null>
  /** Names of the states, each (B, H) unless `stateSize` gives another size. */
  state: readonly S[]
  stateSize?(sizes: Sizes, options: z.output<O>): Partial<Record<S, number>>
  /** The states that these options need; default all. */
  stateFor?(options: z.output<O>): readonly S[]
  /** States that zoneout must not change (a count of steps, gates of the previous step). */
  exact?: readonly S[]
  /** The candidate signal that gates write into the state; recurrent dropout is applied to it. */
  candidate?: G
  /** The gate that keeps the state where it is 1: zoneout sets it to 1 instead of mixing states, so that the output follows. */
  zoneoutGate?: G
  /** Signals that can be inspected, each (B, H). One is always `h`, the input of the layer above. */
  signals: readonly Signal<G>[]
  /** Ids of the gates and of the candidate in the order of the rows of the input weights; default: the order of `signals`. */
  blocks?(options: z.output<O>): readonly NoInfer<G>[]
  /** Smallest training batch, if more than 1 (batch normalisation). */
  smallestBatch?: number
  /** All layers run in one joint scan; each step reads the neighbouring layers (`above`, `below`). */
  coupled?: true
  /** Coupled cells: size of the readout's input vector, computed from all layers; 0: the size of the top layer. */
  joinSize?(options: z.output<O>): number
  /** The state (B, O) that is set to the activated network output after every step; its value from the step is ignored. */
  outputFeedback?: NoInfer<S>
  /**
   * Computation on the whole sequence before the loop: x (T, B, I), 0 at padding, and the initial states -> the inputs of the steps
   * (T, B, any), and the values after every step (T, B, size) of states that the steps do not compute.
   */
  before?(
    w: Record<W, Node>,
    x: Node,
    state: Record<S, Node>,
    options: z.output<O>,
    at: StepContext,
  ): { x: Node; states: Partial<Record<S, Node>> }
  /** One time step: x (B, I), states (B, H) -> next states and all signals. */
  step(
    w: Record<W, Node>,
    x: Node,
    state: Record<S, Node>,
    options: z.output<O>,
    at: StepContext,
  ): StepOutput<S, G>
  /** Next values of the buffers (running statistics), from the steps' `statistics` stacked over time (T, ...). */
  statistics?(
    w: Record<W, Node>,
    stacked: Readonly<Record<string, Node>>,
    options: z.output<O>,
  ): Partial<Record<W, Node>>
}

/** A cell with its type parameters erased. */
export type Cell = CellDefinition<string, string, string, z.ZodObject>

/** Defines a cell; the types check names of weights, states and signals against each other. */
export const defineCell = <
  const W extends string,
  const S extends string,
  const G extends string,
  O extends z.ZodObject,
>(
  cell: CellDefinition<W, S, G, O>,
): Cell => cell as unknown as Cell

export const noOptions = z.strictObject({})

/** The initializer U(-1/sqrt(n), 1/sqrt(n)). */
export const uniformOver = (n: number): Initializer => ({ kind: 'uniform', bound: 1 / Math.sqrt(n) })

/** Weights of PyTorch's recurrent layers: w_ih (G*H, I), w_hh (G*H, H), b_ih and b_hh (G*H); U(±1/sqrt(H)), biases as given per gate. */
export function gatedWeights(
  { input, hidden }: Pick<Sizes, 'input' | 'hidden'>,
  gates: number,
  bias: readonly number[] = Array<number>(gates).fill(0),
) {
  const initializer = uniformOver(hidden)
  const rows = gates * hidden
  return {
    w_ih: { shape: [rows, input], role: 'input', gates, initializer },
    w_hh: { shape: [rows, hidden], role: 'recurrent', gates, initializer },
    b_ih: { shape: [rows], role: 'bias', gates, initializer: { kind: 'blocks', values: bias } },
    b_hh: { shape: [rows], role: 'bias', gates, initializer: { kind: 'blocks', values: bias.map(() => 0) } },
  } satisfies Record<string, Weight>
}
