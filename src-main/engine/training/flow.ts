// Gradient through time: a program beside the training one that derives the same loss by a nudge added to every h_t, so that what
// comes out is dL/dh_t through all paths. It reads weights and carried states and writes nothing. Pictures are in flowImage.ts.
import type { RunConfig } from '../../contract/config.ts'
import { compile, type Kept } from '../compile/compile.ts'
import { adjoints, derive } from '../compile/derive.ts'
import type { Program } from '../compile/program.ts'
import type { Task } from './task.ts'
import type { Node } from '../graph/node.ts'
import { abs, gt, maximum, maxOf, mul, reshape, slice, sub, zeros } from '../graph/ops.ts'
import { scan } from '../graph/scan.ts'
import type { Network } from '../nn/network.ts'
import type { Nudged, NudgedImage } from '../nn/nudges.ts'
import type { Trace } from '../nn/trace.ts'
import { imageFlowOutputs } from './flowImage.ts'
import { weightNodes } from '../nn/weights.ts'
import { totalStepsOf } from '../optim/schedules.ts'
import { unitNorms } from './unitNorms.ts'
import { radiusCost, radiusProgram, recurrentBlocks } from './radius.ts'

/** Where the loss reads the network. */
export type Ends = Pick<Trace, 'top' | 'final' | 'finalReverse'> & {
  logits?: Node | undefined
  masks?: Trace['masks']
}

/** What flows into a stack (T, B, D), only at the last step of each sequence where anything does; for a reverse direction at the first. */
function atEnd(into: Node, reverse: boolean): Node {
  const [steps, batch] = into.shape as [number, number, number]
  const read = gt(maxOf(abs(into), [2]), 0)
  const { ys } = scan({ xs: [read], init: [zeros([batch])], reverse: !reverse }, ([now], [seen]) => ({
    state: [maximum(seen!, now!)],
    ys: [mul(now!, sub(1, seen!))],
  }))
  return mul(into, reshape(ys[0]!, [steps, batch, 1]))
}

/**
 * Gradients by the nudges of the part of the loss that is read after the last step alone: what flows into `top` (and `logits`) there, and
 * into the final states of that direction. The last step is the one where the loss reads a sequence last, whatever padding follows.
 */
function fromEnd(loss: Node, { top, logits, final, finalReverse }: Ends, nudge: readonly Node[], reverse: boolean): Node[] {
  const stacks = logits ? [top, logits] : [top]
  const nodes = [...stacks, ...(reverse ? finalReverse : final)]
  const into = derive(loss, nodes)
  const seeds = nodes.map((node, i): [Node, Node] => [node, i < stacks.length ? atEnd(into[i]!, reverse) : into[i]!])
  return adjoints(seeds, nudge, false).map((g, i) => g ?? mul(nudge[i]!, 0))
} // prettier-ignore

/**
 * The outputs of a flow program, (T, B) each, norms over the units: `norms/layers.0` and `last/layers.0` as in FlowLayer, with `.reverse` for the reverse direction,
 * whose entries stay in the order of t; and `mask/layers.0` where there is padding. `prefix` stands before the layers of one of several networks.
 */
export function flowOutputs(
  loss: Node,
  nudge: readonly Node[],
  ends: Ends,
  { bidirectional = false, prefix = '' } = {},
): Record<string, Node> {
  const outputs: Record<string, Node> = {}
  ends.masks?.forEach((mask, layer) => {
    if (mask) outputs[`mask/${prefix}layers.${layer}`] = mask
  })
  const all = derive(loss, nudge)
  const take = (kind: string, gradients: readonly Node[], reverse: boolean) =>
    gradients.forEach((g, layer) => {
      const half = g.shape[2]! / 2
      const own = bidirectional ? slice(g, 2, reverse ? half : 0, half) : g
      outputs[`${kind}/${prefix}layers.${layer}${reverse ? '.reverse' : ''}`] = unitNorms(own)
    })
  for (const reverse of bidirectional ? [false, true] : [false]) {
    take('norms', all, reverse)
    take('last', fromEnd(loss, ends, nudge, reverse), reverse)
  }
  return outputs
}

/** The programs of one run, each laid out when it is first asked for; undefined where the task cannot be nudged. */
export interface FlowPrograms {
  /** For a padded length. */
  at(bucket: number): Program | undefined
  /** For the longest, the one that decides about memory. */
  longest(): Program | undefined
  radii(): Program | undefined
  /** Whether there are radii, but too dear to be recorded. */
  leavesOutRadii(): boolean
}

/** Radii may cost as much as so many training steps, or what any machine does in no time. */
const [fewSteps, littleWork] = [3, 3e9]

/**
 * undefined where nothing is to be recorded: switched off, too short a run. Elman's rule follows no one gradient; what is recorded beside it
 * is that of the whole series' loss at the weights of then, of which the rule walks a part. The programs run on the memory `kept` of the
 * training program and read weights and carried states there.
 */
export function flowProgramsOf(
  task: Task,
  { train }: Pick<RunConfig, 'train'>,
  kept: Kept,
): FlowPrograms | undefined {
  const { flowEvery } = train
  if (flowEvery === 0 || totalStepsOf({ train }, task.stepsPerEpoch) < flowEvery) return undefined
  const made = new Map<number, Program | undefined>()
  let parts: readonly (Nudged | NudgedImage)[] = []
  const at = (bucket: number) => {
    if (made.has(bucket)) return made.get(bucket)
    const { loss, flow } = task.graph(weightNodes(task.network), bucket, true)
    parts = flow ?? []
    const outputs = parts.map((part) => {
      if ('places' in part) return imageFlowOutputs(loss, part)
      const { prefix, nudge, trace } = part
      return flowOutputs(loss, nudge, trace, { bidirectional: part.network.bidirectional, prefix })
    })
    // The loss is among the outputs so that every input that the task feeds has its place.
    const all = Object.assign({ loss }, ...outputs) as Record<string, Node>
    const program = flow && compile({ outputs: all, kept })
    made.set(bucket, program)
    return program
  }
  const longest = () => at((task.buckets?.count ?? 1) - 1)
  let radii: { program: Program | undefined } | undefined
  return {
    at,
    longest,
    radii() {
      if (!longest()) return undefined
      return (radii ??= { program: radiiOf(task.network.weights, parts, task.symbolsPerStep, kept) }).program
    },
    leavesOutRadii: () =>
      longest() !== undefined && isDear(blocksOf(task.network.weights, parts), task.symbolsPerStep),
  }
}

type Parts = readonly Pick<Nudged | NudgedImage, 'prefix' | 'network'>[]

const blocksOf = (weights: Network['weights'], parts: Parts) =>
  parts.flatMap(({ prefix, network }) => recurrentBlocks(network.cell, weights, `${prefix}layers.`))

/**
 * The program of all spectral radii of these networks, `weights` by their full names; undefined where there are none, or where squaring costs
 * more than a few training steps.
 */
export function radiiOf(
  weights: Network['weights'],
  parts: Parts,
  symbolsPerStep: number,
  kept?: Kept,
): Program | undefined {
  const blocks = blocksOf(weights, parts)
  return blocks.length > 0 && !isDear(blocks, symbolsPerStep)
    ? radiusProgram(weights, blocks, kept)
    : undefined
}

function isDear(blocks: ReturnType<typeof recurrentBlocks>, symbolsPerStep: number): boolean {
  // A weight takes part in three products per symbol: forward, to what it reads, to itself.
  const step = 6 * symbolsPerStep * blocks.reduce((n, { size }) => n + size * size, 0)
  return radiusCost(blocks) > Math.max(littleWork, fewSteps * step)
}
