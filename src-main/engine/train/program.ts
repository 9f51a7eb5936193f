// Task + optimiser -> the program of one training step: forward, backward, clipping and update in one. A step whose loss or gradient
// is not finite leaves every state as it was.
import type { TrainConfig } from '../../contract/config.ts'
import { compile, type Compilation } from '../compile/compile.ts'
import { derive } from '../compile/derive.ts'
import type { Program } from '../compile/program.ts'
import type { Task } from '../data/tasks/task.ts'
import { named } from '../graph/names.ts'
import type { Node } from '../graph/node.ts'
import { abs, add, gt, mul, select, state } from '../graph/ops.ts'
import type { Network } from '../nn/network.ts'
import { globalNorm, preparedGradients } from './gradients.ts'
import { stepInputs, update } from './optimisers.ts'

/** Losses and norms from here on count as infinite; near the end of f32. */
export const infinite = 1e38

/** Every weight as a state node, by name. */
export const weightNodes = (network: Pick<Network, 'weights'>): Map<string, Node> =>
  new Map([...network.weights].map(([name, { shape }]) => [name, state(name, shape)]))

/** Inputs: the task's and the optimiser's (see StepInputs). States: weights, `optim.*`, `carry.*`. Outputs: loss, norm and, if it can be solved, wrong. */
export function trainingProgram(
  task: Task,
  train: TrainConfig,
  bucket = 0,
  watch?: (compilation: Compilation) => void,
): Program {
  const weights = weightNodes(task.network)
  const { loss, norm, wrong, updates } =
    task.ownUpdates?.(weights) ?? gradientUpdates(task, train, weights, bucket)
  const finite = gt(infinite, add(abs(loss), norm))
  // A solved series stays as it was found.
  const go = wrong && train.stopWhenSolved ? mul(finite, gt(wrong, 0)) : finite
  const outputs = { loss, norm, ...(wrong && { wrong }) }
  return compile({ outputs, updates: updates.map(([target, next]) => [target, select(go, next, target)]) }, watch) // prettier-ignore
}

function gradientUpdates(task: Task, train: TrainConfig, weights: ReadonlyMap<string, Node>, bucket: number) {
  const { loss, carry, wrong } = task.graph(weights, bucket)
  const trained = [...weights].filter(([name]) => task.network.weights.get(name)!.role !== 'statistic')
  const gradients = derive(loss, trained.map(([, node]) => node)) // prettier-ignore
  trained.forEach(([name], i) => named(gradients[i]!, `d ${name}`))
  const norm = globalNorm(gradients)
  const at = stepInputs(train)
  const prepared = preparedGradients(gradients, norm, train, at.noise)
  const updates: [Node, Node][] = [...carry]
  trained.forEach(([name, node], i) => {
    const { weight, moments } = update(train, at, name, node, prepared[i]!)
    updates.push([node, weight], ...moments)
  })
  return { loss, norm, wrong, updates }
}
export function evaluationProgram(task: Task, bucket = 0): Program | undefined {
  if (!task.evaluation) return undefined
  const { outputs, carry } = task.evaluation.graph(weightNodes(task.network), bucket)
  return compile({ outputs, updates: carry })
}

export function picturesProgram({ network, pictures }: Task): Program | undefined {
  if (!pictures) return undefined
  const { outputs, carry } = pictures.graph(weightNodes(network))
  return compile({ outputs, updates: carry })
}

export const answersProgram = (task: Task): Program | undefined =>
  task.answers && compile({ outputs: task.answers.graph(weightNodes(task.network)).outputs })
