// The graph of one training step of a task before it is derived: what optimisers and training programs are made from.
import type { Node } from '../graph/node.ts'
import type { Model, ModelTrace } from './model.ts'

/** One network of a task with its trace, of which the gradient through time is recorded. */
export interface TracedPart {
  /** Before its keys of layers and the names of its weights, where a task has several: `encoder`. */
  part?: string
  network: Model
  trace: ModelTrace
}

export interface StepGraph {
  /** Scalar that is derived, penalties included. */
  loss: Node
  /** Carried states and their next values. */
  carry: [state: Node, next: Node][]
  /** What the loss is a function of, a convex one if possible: outputs before squashing for cross-entropies, answers for squares. */
  outputs?: readonly Node[]
  /** Weights of the answers, in the shape of `outputs` without their last axis: 0 where none is given. Missing: all are, alike. */
  given?: Node
  /** How many answers `loss` is a mean over, or the sum of their weights, where steps differ in it. */
  count?: Node
  /** Number of sequences, which `records` are means over, where steps differ in it. */
  sequences?: Node
  /** Outputs on the wrong side of 0.5 before the update, for tasks that can be solved. */
  wrong?: Node
  /** The traces behind the loss, one per network, with perturbations where they were asked for. */
  traced?: readonly TracedPart[]
  /** Weights under `prefix` follow a loss of their own: a discriminator beside the network that it judges. */
  discriminator?: { prefix: string; loss: Node }
  /** Scalars worth watching, told as means over the sequences, `train/<name>`. */
  records?: Readonly<Record<string, Node>>
}
