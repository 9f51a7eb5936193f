// The graph of one training step of a task, before differentiation.
import type { Node } from '../graph/node.ts'
import type { Model, ModelTrace } from './model.ts'

/** A network of a task with its trace, for the gradient record. */
export interface TracedPart {
  /** Prefix of its layer keys and weight names in a task with several networks: `encoder`. */
  part?: string
  network: Model
  trace: ModelTrace
}

export interface StepGraph {
  /** Scalar to differentiate, penalties included. */
  loss: Node
  /** Carried states and their next values. */
  carry: [state: Node, next: Node][]
  /** Nodes that the loss is a function of, convex if possible: logits for cross-entropies, activated outputs for squared errors. */
  outputs?: readonly Node[]
  /** Weights of the answers, in the shape of `outputs` without the last axis; 0 where there is no answer. Default: 1 for all. */
  given?: Node
  /** Number of answers, or sum of their weights, that `loss` is a mean over; set if it differs between steps. */
  count?: Node
  /** Number of sequences that `records` are means over; set if it differs between steps. */
  sequences?: Node
  /** Number of outputs on the wrong side of 0.5 before the update; for tasks that can be solved. */
  wrong?: Node
  /** The traces of the loss, one per network; with their perturbations if the graph was built with `perturb`. */
  traced?: readonly TracedPart[]
  /** A discriminator: weights whose names begin with `prefix` minimise this loss instead. */
  discriminator?: { prefix: string; loss: Node }
  /** Scalars recorded as metrics `train/<name>`, as means over the sequences. */
  records?: Readonly<Record<string, Node>>
}
