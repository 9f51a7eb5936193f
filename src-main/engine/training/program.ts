// Task and optimizer -> the program of one training step: forward pass, backward pass, clipping and update. A step whose loss or gradient
// is not finite changes no state.
import type { Options } from '../../contract/config.ts'
import { append } from '../../contract/longLists.ts'
import { compile, type Compilation, type SharedArena } from '../compile/compile.ts'
import { grad } from '../compile/grad.ts'
import type { Program } from '../compile/program.ts'
import type { Task } from './task.ts'
import { named } from '../graph/names.ts'
import type { Node } from '../graph/node.ts'
import { abs, add, gt, mul, select } from '../graph/ops.ts'
import { weightNodes } from '../nn/weights.ts'
import { fraternal } from './fraternal.ts'
import { globalNorm, infinite, preparedGradients } from '../optim/gradients.ts'
import { hessianFreeUpdates } from '../optim/hessianFree.ts'
import { deriveWithOmega } from './omega.ts'
import { stepInputs, update } from '../optim/optimizers.ts'

export { infinite }

/** Outputs with this prefix become metrics, as means over the steps. */
export const recordPrefix = 'record.'

/** The options that a training step is compiled from. */
export type StepConfig = Options<'train' | 'optimizer' | 'regularization' | 'runtime'>

/** Inputs: the task's and the optimiser's (see StepInputs). States: weights, `optim.*`, `carry.*`. Outputs: loss, norm; wrong if it can be solved; count and sequences where steps differ (see StepGraph). */
export function trainingProgram(
  task: Task,
  config: StepConfig,
  bucket = 0,
  watch?: (compilation: Compilation) => void,
): Program {
  const weights = weightNodes(task.network)
  const {
    loss,
    norm,
    wrong,
    updates,
    records,
    weights: over,
  } = {
    records: {},
    weights: {},
    ...(task.ownUpdates?.(weights) ?? gradientUpdates(task, config, weights, bucket)),
  }
  const finite = gt(infinite, add(abs(loss), norm))
  // The weights that solved a series are kept.
  const go = wrong && config.train.stopWhenSolved ? mul(finite, gt(wrong, 0)) : finite
  const told = Object.entries(records).map(([name, node]) => [`${recordPrefix}${name}`, node])
  const outputs = { loss, norm, ...(wrong && { wrong }), ...over, ...Object.fromEntries(told) }
  const kept = updates.map(([target, next]): [Node, Node] => [target, select(go, next, target)])
  return compile({ outputs, updates: kept, precision: config.runtime.precision }, watch)
}

function gradientUpdates(task: Task, config: StepConfig, weights: ReadonlyMap<string, Node>, bucket: number) {
  const { optimizer, regularization } = config
  const trained = [...weights].filter(([name]) => task.network.weights.get(name)!.role !== 'buffer')
  const graphWith = (changed: ReadonlyMap<string, Node>) =>
    fraternal(task.graph(new Map([...weights, ...changed]), bucket), regularization.fraternalDropout)
  const graph = graphWith(new Map())
  const over = {
    ...(graph.count && { count: graph.count }),
    ...(graph.sequences && { sequences: graph.sequences }),
  }
  if (optimizer.name === 'hessianfree')
    return { ...hessianFreeUpdates(config, new Map(trained), graphWith), weights: over }
  const { loss, carry, wrong, discriminator, records: recorded } = graph
  const isDiscriminator = (name: string) =>
    discriminator !== undefined && name.startsWith(discriminator.prefix)
  const own = trained.filter(([name]) => !isDiscriminator(name))
  const penalty = regularization.vanishingGradientPenalty
  const { gradients, records: told } =
    penalty > 0 ? withOmega(loss, own, penalty) : { gradients: gradientsOf(loss, own), records: {} }
  const norm = globalNorm(gradients)
  const records = { ...recorded, ...told }
  const at = stepInputs(optimizer)
  const updates: [Node, Node][] = [...carry]
  const learn = (names: typeof trained, prepared: readonly Node[]) =>
    names.forEach(([name, node], i) => {
      const { weight, moments } = update(optimizer, at, name, node, prepared[i]!)
      append(updates, [[node, weight], ...moments])
    })
  learn(own, preparedGradients(gradients, norm, optimizer, at.noise))
  if (!discriminator) return { loss, norm, wrong, updates, records, weights: over }
  const others = trained.filter(([name]) => isDiscriminator(name))
  const against = gradientsOf(discriminator.loss, others)
  const discriminatorNorm = globalNorm(against)
  learn(others, preparedGradients(against, discriminatorNorm, optimizer))
  // Adds 0, so that a norm of the discriminator that is not finite makes the step invalid.
  return { loss, norm: add(norm, mul(discriminatorNorm, 0)), wrong, updates, records, weights: over }
}

function gradientsOf(loss: Node, weights: readonly [name: string, node: Node][]): Node[] {
  const gradients = grad(
    loss,
    weights.map(([, node]) => node),
  )
  weights.forEach(([name], i) => named(gradients[i]!, `d ${name}`))
  return gradients
}

/** Gradients of the loss plus `strength` times those of Omega. */
function withOmega(loss: Node, weights: readonly [name: string, node: Node][], strength: number) {
  const nodes = weights.map(([, node]) => node)
  const { gradients, omega, omegaGradients } = deriveWithOmega(loss, nodes)
  return {
    gradients: gradients.map((g, i) => add(g, mul(omegaGradients[i]!, strength))),
    records: { vanishing_gradient_penalty: omega },
  }
}

/** The programs below run in the arena `kept` of the training program and read its weights. */
export function evaluationProgram(task: Task, bucket: number, kept: SharedArena): Program | undefined {
  if (!task.evaluation) return undefined
  const { outputs, carry } = task.evaluation.graph(weightNodes(task.network), bucket)
  return compile({ outputs, updates: carry, shared: kept })
}

export function imagesProgram({ network, images }: Task, kept: SharedArena): Program | undefined {
  if (!images) return undefined
  const { outputs, carry } = images.graph(weightNodes(network))
  return compile({ outputs, updates: carry, shared: kept })
}

export const answersProgram = (task: Task, kept: SharedArena): Program | undefined =>
  task.answers && compile({ outputs: task.answers.graph(weightNodes(task.network)).outputs, shared: kept })
