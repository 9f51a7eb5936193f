// Fraternal dropout (Zolna et al. 2018): penalises the difference of the outputs under two sets of masks.
import type { StepGraph } from '../nn/stepGraph.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { Node } from '../graph/node.ts'
import { add, gt, mean, mul, square, sub } from '../graph/ops.ts'
import { weightedMean } from '../nn/losses.ts'
import { otherMasks } from '../nn/regularise.ts'

/**
 * The graph with the loss (l1 + l2) / 2 + kappa * mean (z1 - z2)^2: losses l and outputs z of two passes with different masks; the mean is
 * over the given answers. Unchanged for kappa = 0.
 */
export function fraternal(graph: StepGraph, kappa: number): StepGraph {
  if (kappa === 0) return graph
  const { loss, outputs, given } = graph
  if (!outputs) {
    throw new UnrollError(
      'E_CONFIG_DATA',
      'regularization.fraternalDropout: this task does not say what its outputs are, so two of them cannot be compared. Set it to 0.',
      { path: 'regularization.fraternalDropout' },
    )
  }
  const [other, ...others] = otherMasks([loss, ...outputs])
  const apart = outputs.map((z, i) => meanOf(square(sub(z, others[i]!)), given)).reduce((a, b) => add(a, b))
  return {
    ...graph,
    loss: add(mul(add(loss, other!), 0.5), mul(apart, kappa)),
    outputs: [...new Set([...outputs, ...others])],
  }
}

/** Mean of (..., O) over the given answers (...). */
function meanOf(all: Node, given: Node | undefined): Node {
  if (!given) return mean(all)
  const own = mean(all, [all.shape.length - 1])
  return weightedMean(own, gt(given, 0))
}
