// Gradient through time: a program beside the training one that derives the same loss by a nudge added to every h_t, so that what
// comes out is dL/dh_t through all paths. It reads weights and carried states and writes nothing. For losses that are one gradient.
import { fateOf, type FlowLayer, type FlowPoint } from '../../contract/flow.ts'
import type { RunConfig } from '../../contract/config.ts'
import { compile } from '../compile/compile.ts'
import { adjoints, derive } from '../compile/derive.ts'
import type { Program } from '../compile/program.ts'
import type { Task } from '../data/tasks/task.ts'
import type { Node } from '../graph/node.ts'
import { abs, add, div, eq, maxOf, mean, mul, pad, reshape, slice, sqrt, square, sum } from '../graph/ops.ts'
import type { Network } from '../nn/network.ts'
import type { Nudged } from '../nn/nudges.ts'
import type { Trace } from '../nn/trace.ts'
import type { Executable } from '../run/executor.ts'
import { weightNodes } from './program.ts'
import { totalStepsOf } from './schedules.ts'
import { radiusCost, radiusProgram, recurrentBlocks } from './radius.ts'

/** Where the loss reads the network. */
export type Ends = Pick<Trace, 'top' | 'final' | 'finalReverse'> & { logits?: Node | undefined }

/** Entries kept of a curve; longer windows are strided, from the end back. */
const mostEntries = 512

/**
 * (T, B, D) -> (T): mean over the batch of the Euclidean norm over the D units, each row scaled by its largest entry first, so that f32
 * holds whatever the gradient itself holds.
 */
function stepNorms(gradient: Node): Node {
  const [steps, batch] = gradient.shape as [number, number, number]
  const largest = maxOf(abs(gradient), [2])
  const scaled = div(gradient, reshape(add(largest, eq(largest, 0)), [steps, batch, 1]))
  return mean(mul(sqrt(sum(square(scaled), [2])), largest), [1])
}

/**
 * Gradients by the nudges of the part of the loss that is read after step `t` alone: what flows into `top` (and `logits`) at that step, and
 * into the final states of that direction.
 */
function fromEnd(loss: Node, { top, logits, final, finalReverse }: Ends, nudge: readonly Node[], reverse: boolean): Node[] {
  const stacks = logits ? [top, logits] : [top]
  const states = reverse ? finalReverse : final
  const into = derive(loss, [...stacks, ...states])
  const seeds = [...stacks, ...states].map((node, i): [Node, Node] => {
    if (i >= stacks.length) return [node, into[i]!]
    const steps = node.shape[0]!
    const t = reverse ? 0 : steps - 1
    return [node, pad(slice(into[i]!, 0, t, 1), 0, t, steps)]
  })
  return adjoints(seeds, nudge, false).map((g, i) => g ?? mul(nudge[i]!, 0))
} // prettier-ignore

/**
 * The outputs of a flow program, (T) each: `norms/layers.0` and `last/layers.0` as in FlowLayer, with `.reverse` for the reverse direction,
 * whose entries stay in the order of t. `prefix` stands before the layers of one of several networks.
 */
export function flowOutputs(
  loss: Node,
  nudge: readonly Node[],
  ends: Ends,
  { bidirectional = false, prefix = '' } = {},
): Record<string, Node> {
  const outputs: Record<string, Node> = {}
  const all = derive(loss, nudge)
  const take = (kind: string, gradients: readonly Node[], reverse: boolean) =>
    gradients.forEach((g, layer) => {
      const half = g.shape[2]! / 2
      const own = bidirectional ? slice(g, 2, reverse ? half : 0, half) : g
      outputs[`${kind}/${prefix}layers.${layer}${reverse ? '.reverse' : ''}`] = stepNorms(own)
    })
  for (const reverse of bidirectional ? [false, true] : [false]) {
    take('norms', all, reverse)
    take('last', fromEnd(loss, ends, nudge, reverse), reverse)
  }
  return outputs
}

/** The programs of one run, each laid out when it is first asked for; undefined where the task follows no one gradient through time. */
export interface FlowPrograms {
  /** For a padded length. */
  at(bucket: number): Program | undefined
  /** For the longest, the one that decides about memory. */
  longest(): Program | undefined
  radii(): Program | undefined
}

/** Radii may cost as much as so many training steps, or what any machine does in no time. */
const [fewSteps, littleWork] = [3, 3e9]

/** undefined where nothing is to be recorded: switched off, too short a run, a rule that is the gradient of no loss. */
export function flowProgramsOf(task: Task, { train }: Pick<RunConfig, 'train'>): FlowPrograms | undefined {
  const { flowEvery } = train
  if (flowEvery === 0 || task.ownUpdates || totalStepsOf({ train }, task.stepsPerEpoch) < flowEvery)
    return undefined
  const made = new Map<number, Program | undefined>()
  let parts: readonly Nudged[] = []
  const at = (bucket: number) => {
    if (made.has(bucket)) return made.get(bucket)
    const { loss, flow } = task.graph(weightNodes(task.network), bucket, true)
    parts = flow ?? []
    const outputs = parts.map(({ prefix, network: { bidirectional }, nudge, trace }) =>
      flowOutputs(loss, nudge, trace, { bidirectional, prefix }),
    )
    // The loss is among the outputs so that every input that the task feeds has its place.
    const program = flow && compile({ outputs: Object.assign({ loss }, ...outputs) as Record<string, Node> })
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
      return (radii ??= { program: radiiOf(task.network.weights, parts, task.symbolsPerStep) }).program
    },
  }
}

/** Elements of what is in memory at a time. */
export const flowSize = (programs: FlowPrograms | undefined): number =>
  (programs?.longest()?.size ?? 0) + (programs?.radii()?.size ?? 0)

/**
 * The program of all spectral radii of these networks, `weights` by their full names; undefined where there are none, or where squaring costs
 * more than a few training steps.
 */
export function radiiOf(
  weights: Network['weights'],
  parts: readonly Pick<Nudged, 'prefix' | 'network'>[],
  symbolsPerStep: number,
): Program | undefined {
  const blocks = parts.flatMap(({ prefix, network }) =>
    recurrentBlocks(network.cell, weights, `${prefix}layers.`),
  )
  // A weight takes part in three products per symbol: forward, to what it reads, to itself.
  const step = 6 * symbolsPerStep * blocks.reduce((n, { size }) => n + size * size, 0)
  if (blocks.length === 0 || radiusCost(blocks) > Math.max(littleWork, fewSteps * step)) return undefined
  return radiusProgram(weights, blocks)
}

const outputsIn = (executable: Executable | undefined, prefix: string): string[] =>
  [...(executable?.program.slots.keys() ?? [])].filter((name) => name.startsWith(prefix))

/** What the two programs say after a run, as a point for the record and as metrics. */
export function flowPoint(
  step: number,
  flow: Executable,
  radius: Executable | undefined,
): { point: FlowPoint; values: Record<string, number> } {
  const values: Record<string, number> = {}
  const read = (name: string): Float64Array => {
    const curve = Float64Array.from(flow.read(name))
    return name.endsWith('.reverse') ? curve.reverse() : curve
  }
  const whole = outputsIn(flow, 'norms/').map((name): FlowLayer => {
    const layer = name.slice('norms/'.length)
    return { layer, norms: read(name), last: read(`last/${layer}`) }
  })
  const longest = Math.max(1, ...whole.map(({ norms }) => norms.length))
  const stride = Math.ceil(longest / mostEntries)
  for (const { layer, last } of whole) {
    const { kind, ratio } = fateOf(last, 1)
    if (kind !== 'none') values[`flow/${layer}/first_over_last`] = ratio
  }
  const radii = outputsIn(radius, 'radius/').map((name) => {
    const value = radius!.scalar(name)
    values[name] = value
    return { name: name.slice('radius/'.length), value }
  })
  const kept = (curve: Float64Array) => curve.filter((_, t) => (curve.length - 1 - t) % stride === 0)
  const layers = whole.map(({ layer, norms, last }) => ({ layer, norms: kept(norms), last: kept(last) }))
  return { point: { step, stride, layers, radii }, values }
}
