// Newton's method for a fixed point of one step, F(s) = s: the residual in f64, the Jacobian by forward mode, damped by halving.
import { jacobianProgram, stateSize, stepGraph, stepProgram } from '../generation/stepProgram.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { Executable } from '../run/executor.ts'
import { referenceExecutor } from '../run/reference.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { readStates, runStep, writeStates } from './stepStates.ts'

/** q below which a state counts as a fixed point, as in FixedPointFinder. */
export const tolerance = 1e-12
const maxIterations = 40
const maxHalvings = 10

/** q = |s - F(s)|^2 / 2 of a residual. */
export const speed = (residual: Float64Array): number => residual.reduce((sum, r) => sum + r * r, 0) / 2

/** The step at one constant input. */
export interface ConstantStep {
  size: number
  /** s - F(s) in f64. */
  residual(state: Float64Array): Float64Array
  /** Outputs (O) of the network after the step from a state; empty for an encoder. */
  outputs(state: Float64Array): Float64Array
  /** The Jacobian (size, size) of F, row by row; `exact`: in f64, slower. */
  jacobian(state: Float64Array, exact?: boolean): Float64Array
  dispose(): void
}

/** Opens the step of a model that reads the vector `x` at every step. */
export function constantStep(model: TrainedModel, network: SequenceNetwork, x: Float64Array): ConstantStep {
  const size = stateSize(network)
  const unit = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0))
  const inF64 = { ...model, executor: referenceExecutor() }
  const { after: next, outputs } = stepGraph(network, 1)
  const step = withWeights(inF64, stepProgram(network, { next }, outputs && { outputs }))
  const product = jacobianProgram(network, size)
  const opened = new Map<TrainedModel, Executable>()
  const productsOf = (of: TrainedModel): Executable => {
    const known = opened.get(of)
    if (known) return known
    const executable = withWeights(of, product)
    executable.write('x', x)
    writeStates(executable, network, 'tangent', unit, size)
    opened.set(of, executable)
    return executable
  }
  step.write('x', x)
  const runFrom = (state: Float64Array) => {
    writeStates(step, network, 'state', state)
    runStep(step)
  }
  return {
    size,
    outputs(state) {
      runFrom(state)
      return outputs ? Float64Array.from(step.read('outputs')) : new Float64Array(0)
    },
    residual(state) {
      runFrom(state)
      return readStates(step, network, 'next').map((value, i) => state[i]! - value)
    },
    jacobian(state, exact = false) {
      const executable = productsOf(exact ? inF64 : model)
      writeStates(executable, network, 'state', state)
      runStep(executable)
      // Row i of the products is column i of the Jacobian.
      const columns = readStates(executable, network, 'product', size)
      return columns.map((_, i) => columns[(i % size) * size + Math.floor(i / size)]!)
    },
    dispose() {
      step.dispose()
      for (const executable of opened.values()) executable.dispose()
    },
  }
}

/** The fixed point that Newton's method reaches from `start`, with its q; undefined if none is reached. */
export function newton(
  { size, residual, jacobian }: ConstantStep,
  solve: (matrix: Float64Array, right: Float64Array) => Float64Array | undefined,
  start: Float64Array,
): { state: Float64Array; q: number } | undefined {
  let state = start
  let r = residual(state)
  let q = speed(r)
  for (let i = 0; i < maxIterations; i++) {
    const slope = jacobian(state).map((value, k) => (k % (size + 1) === 0 ? 1 : 0) - value)
    const move = solve(slope, r)
    if (!move) break
    let better = false
    for (let halving = 0, by = 1; halving < maxHalvings; halving++, by /= 2) {
      const next = state.map((value, k) => value - by * move[k]!)
      const nextR = residual(next)
      const nextQ = speed(nextR)
      if (!(nextQ < q)) continue
      ;[state, r, q, better] = [next, nextR, nextQ, true]
      break
    }
    if (!better || q < tolerance * 1e-12) break
  }
  return q < tolerance ? { state, q } : undefined
}
