// A small network over dense inputs with its leaves and their values, and runs of its graph by the reference executor.
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { values } from './check.ts'
import { grouped, type FlatOptions } from '../options.ts'

export type Feeds = Record<string, ArrayLike<number>>
export const executor = referenceExecutor()
export const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 5, ...given }) as RunConfig

/** Outputs of one run with the random numbers of `step`. */
export function runAt(outputs: Record<string, Node>, feeds: Feeds) {
  const program = compile({ outputs })
  const executable = executor.load(program)
  return (step: number, more: Feeds = {}): Record<string, number[]> => {
    for (const [name, slot] of program.slots)
      if (slot.kind !== 'output') executable.write(name, (more[name] ?? feeds[name])!)
    executable.run({ seed: [1, 2], step })
    return Object.fromEntries(Object.keys(outputs).map((name) => [name, Array.from(executable.read(name))]))
  }
}

export const [T, B, H] = [5, 3, 4]
/** A network of three units over dense inputs with its leaves and their values. */
export function small(cell: string, options: FlatOptions, model: RunConfigInput['model'] = {}, steps = T) {
  const config = configOf({ model: { cell, hidden: H, ...model }, ...grouped(options) })
  const sizes = { symbols: 0, dense: H, outputs: 2, outputBias: true }
  const network = networkOf(config.model, sizes, config.regularization)
  const weights = weightNodes(network)
  const x = input('x', [steps, B, H])
  const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [B, size]))
  const leaves = [...weights.values(), x, ...init]
  const feeds: Feeds = Object.fromEntries(
    leaves.map((n, i) => {
      const start = values(n.shape, i + 1)
      // Running statistics may be variances.
      const statistic = network.weights.get(n.attrs.name!)?.role === 'buffer'
      return [n.attrs.name!, statistic ? start.map((v) => Math.abs(v) + 0.3) : start]
    }),
  )
  const trace = (training: boolean, look = {}) =>
    traceNetwork(network, weights, x, init, { training, ...look })
  return { network, weights, x, init, leaves, feeds, trace }
}

/** How many random numbers a program draws per run, loops counted once. */
export function draws(code: readonly Instruction[]): number {
  return code.reduce(
    (n, i) => n + ('body' in i ? draws(i.body) : (i.code ?? []).filter((op) => op.fn === 'uniform').length),
    0,
  )
}
