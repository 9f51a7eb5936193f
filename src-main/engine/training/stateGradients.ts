// The gradient of a loss by the hidden states, dL/dh_t at every step through all paths: the gradient by a perturbation of zero added to h.
import { layerKey, type LayerPath } from '../../contract/layerPath.ts'
import { vjp, grad } from '../compile/grad.ts'
import type { Node } from '../graph/node.ts'
import { mul } from '../graph/ops.ts'
import type { Model, ModelTrace } from '../nn/model.ts'
import type { TracedPart } from '../nn/stepGraph.ts'
import { atLastStep } from './gradientSteps.ts'
import { unitNorms } from './unitNorms.ts'

/**
 * Outputs of one part of a task by the keys of its scans, norms over the units in the shape of the steps: (T, B), or (R, C, B) of an image.
 * `norms/layers.0` is of the whole loss, `last/layers.0` of what is read of it after the last step of that scan alone; `mask/layers.0`, (T, B),
 * is there where sequences are padded. Entries stay in the order of t, also those of a reverse scan.
 */
export function stateGradientOutputs(
  loss: Node,
  { part, network, trace }: Omit<TracedPart, 'network'> & { network: Pick<Model, 'layers'> },
): Record<string, Node> {
  const key = (path: LayerPath) => layerKey({ ...path, ...(part !== undefined && { part }) })
  const outputs: Record<string, Node> = {}
  trace.masks.forEach((mask, index) => {
    if (mask) outputs[`mask/${key({ index })}`] = mask
  })
  const scans = network.layers.flatMap((layer) => layer.scans).map(({ path }) => path)
  const perturbations = (of: readonly LayerPath[]) =>
    of.map((path) => trace.perturbations.get(layerKey(path))!)
  grad(loss, perturbations(scans)).forEach((gradient, i) => {
    outputs[`norms/${key(scans[i]!)}`] = unitNorms(gradient)
  })
  for (const direction of new Set(scans.map((path) => path.direction))) {
    const own = scans.filter((path) => path.direction === direction)
    fromLastStep(loss, trace, perturbations(own), direction).forEach((gradient, i) => {
      outputs[`last/${key(own[i]!)}`] = unitNorms(gradient)
    })
  }
  return outputs
}

/**
 * Gradients by the perturbations of the part of the loss that is read after the last step alone: what flows into `top` (and `logits`) there,
 * and into the final states of that direction. The last step is the one where the loss reads a sequence last, whatever padding follows.
 */
function fromLastStep(
  loss: Node,
  { features, logits, final, finalReverse }: ModelTrace,
  perturbations: readonly Node[],
  direction: LayerPath['direction'],
): Node[] {
  const stacks = logits ? [features, logits] : [features]
  const nodes = [...stacks, ...(direction === 'reverse' ? finalReverse : final)]
  const into = grad(loss, nodes)
  const seeds = nodes.map((node, i): [Node, Node] => [
    node,
    i < stacks.length ? atLastStep(into[i]!, direction) : into[i]!,
  ])
  return vjp(seeds, perturbations, false).map((g, i) => g ?? mul(perturbations[i]!, 0))
}
