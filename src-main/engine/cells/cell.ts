// What a cell is: a record with a pure step on graph nodes. It knows no loop over time, no gradient, no readout and no values.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'

/** How a weight starts; `blocks` gives one constant per gate, stacked along the first axis; `identity` is for square matrices. */
export type Start =
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'identity'; scale: number }
  | { kind: 'blocks'; values: readonly number[] }

/** One named weight in PyTorch's layout: matrices (gates * H, fan in), vectors (gates * H). */
export interface Weight {
  shape: readonly number[]
  /** gain: a vector that multiplies. statistic: a running mean that training keeps up and no gradient moves. */
  role: 'input' | 'recurrent' | 'bias' | 'gain' | 'embedding' | 'readout' | 'statistic'
  gates: number
  start: Start
}

export interface Sizes {
  input: number
  hidden: number
  /** Lines of the network's output. */
  outputs: number
  /** Units of the layer above; missing at the top. */
  above?: number | undefined
}

/** What a step may know besides its arguments. */
export interface Surroundings {
  training: boolean
  /** The layer reads its sequence from the end. */
  reverse: boolean
  /** (B, 1): 1 where the sequence is, 0 where padding is. Missing: no padding. */
  mask?: Node
  /** Coupled cells: states of the layer above before this step (missing at the top). */
  above?: Readonly<Record<string, Node>>
  /** Coupled cells: states and signals of the layer below after this step (missing at the bottom). */
  below?: Readonly<Record<string, Node>>
}

/** What a step makes: the states after it, all signals, and the batch's values that running statistics are made of. */
export interface Made<S extends string = string, G extends string = string> {
  state: Record<S, Node>
  signals: Record<G, Node> & { h: Node }
  statistics?: Record<string, Node>
}

export interface Signal<G extends string = string> {
  id: G
  title: string
  /** gate: 0..1, bounded: -1..1, free: any value. */
  kind: 'gate' | 'bounded' | 'free'
  /** The signal of which this is a rising function: a search over all signals need not rank both. */
  ordersAs?: NoInfer<G>
}

/** W: names of weights, S: of states, G: of signals, O: schema of the options. */
export interface CellDefinition<W extends string, S extends string, G extends string, O extends z.ZodObject> {
  id: string
  title: string
  /** Where it comes from: authors, title, year. */
  paper: string
  /** One or two sentences for the launch form. */
  about: string
  options: O
  /** null: not with these options; the step must not touch it then. */
  weights(sizes: Sizes, options: z.output<O>): Record<W, Weight | null>
  /** Carried from step to step, each (B, H) unless `stateSize` says otherwise. */
  state: readonly S[]
  stateSize?(sizes: Sizes, options: z.output<O>): Partial<Record<S, number>>
  /** Those of `state` that these options need; all of them when missing. */
  stateFor?(options: z.output<O>): readonly S[]
  /** States whose values must stay as the step made them (a count of steps, gates of the step before): zoneout leaves them alone. */
  exact?: readonly S[]
  /** Signal that gates write into the state: recurrent dropout falls on it. */
  candidate?: G
  /** Gate that keeps the state where it is 1: zoneout opens it, and what is shown follows, instead of mixing states. */
  keeps?: G
  /** What can be looked at, each (B, H). There is always an `h`: what the layer above reads. */
  signals: readonly Signal<G>[]
  /** Sequences that a batch of training needs, if more than one: what it normalises over. */
  smallestBatch?: number
  /** Its layers step together, each seeing its neighbours (`above`, `below`), in one scan. */
  coupled?: true
  /** Coupled cells: units of the vector that the readout reads, made of all layers; 0: as many as the top layer has. */
  joinSize?(options: z.output<O>): number
  /** The state (B, O) that becomes the network's squashed output after every step, whatever the step makes of it. */
  feedsBack?: NoInfer<S>
  /**
   * Work on the whole sequence before the loop: x (T, B, I) and the states before the first step -> what the steps read (T, B, any), and
   * states that the steps leave alone, after every step (T, B, size). With padding, x is 0 there.
   */
  before?(
    w: Record<W, Node>,
    x: Node,
    state: Record<S, Node>,
    options: z.output<O>,
    at: Surroundings,
  ): { x: Node; states: Partial<Record<S, Node>> }
  /** One step in time: x (B, I), states (B, H) -> new states and all signals. */
  step(
    w: Record<W, Node>,
    x: Node,
    state: Record<S, Node>,
    options: z.output<O>,
    at: Surroundings,
  ): Made<S, G>
  /** Next values of weights of the role `statistic`, from the steps' `statistics` stacked over time (T, ...). */
  statistics?(
    w: Record<W, Node>,
    stacked: Readonly<Record<string, Node>>,
    options: z.output<O>,
  ): Partial<Record<W, Node>>
}

/** A cell as the rest of the engine sees it. */
export type Cell = CellDefinition<string, string, string, z.ZodObject>

/** Checks the names against each other by type and gives the cell to the registry. */
export const defineCell = <
  const W extends string,
  const S extends string,
  const G extends string,
  O extends z.ZodObject,
>(
  cell: CellDefinition<W, S, G, O>,
): Cell => cell as unknown as Cell

export const noOptions = z.strictObject({})

/** U(-1/sqrt(n), 1/sqrt(n)). */
export const uniformOver = (n: number): Start => ({ kind: 'uniform', bound: 1 / Math.sqrt(n) })

/** Weights of PyTorch's recurrent layers: w_ih (G*H, I), w_hh (G*H, H), b_ih and b_hh (G*H); U(±1/sqrt(H)), biases as given per gate. */
export function gatedWeights(
  { input, hidden }: Pick<Sizes, 'input' | 'hidden'>,
  gates: number,
  bias: readonly number[] = Array<number>(gates).fill(0),
) {
  const start = uniformOver(hidden)
  const rows = gates * hidden
  return {
    w_ih: { shape: [rows, input], role: 'input', gates, start },
    w_hh: { shape: [rows, hidden], role: 'recurrent', gates, start },
    b_ih: { shape: [rows], role: 'bias', gates, start: { kind: 'blocks', values: bias } },
    b_hh: { shape: [rows], role: 'bias', gates, start: { kind: 'blocks', values: bias.map(() => 0) } },
  } satisfies Record<string, Weight>
}
