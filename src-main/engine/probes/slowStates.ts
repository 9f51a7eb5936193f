// Moves many states at once to where one step changes them little: by Adam on the speed q = |s - F(s)|^2 / 2, which also finds unstable
// points, or by reading on, which finds where the network settles.
import { speedProgram, stateSize, stepGraph, stepProgram } from '../generation/stepProgram.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { readStates, runStep, writeStates } from './stepStates.ts'

const [firstRate, lastRate] = [0.1, 1e-3]
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-12]
/** Speed at which the descent is near enough for Newton's method. */
const near = 1e-9

/** States (rows, n) after the descent from `starts`, and their speeds; the learning rate falls from 0.1 to 0.001. */
export function slowStates(
  model: TrainedModel,
  network: SequenceNetwork,
  x: Float64Array,
  starts: Float64Array,
  iterations: number,
): { states: Float64Array; speeds: Float64Array } {
  const rows = starts.length / stateSize(network)
  const executable = withWeights(model, speedProgram(network, rows))
  executable.write('x', repeated(x, rows))
  const states = Float64Array.from(starts)
  const [first, second] = [new Float64Array(states.length), new Float64Array(states.length)]
  const speedsAt = () => {
    writeStates(executable, network, 'state', states, rows)
    runStep(executable)
    return Float64Array.from(executable.read('q'))
  }
  try {
    for (let i = 1; i <= iterations; i++) {
      if (speedsAt().every((q) => q < near)) break
      const gradient = readStates(executable, network, 'gradient', rows)
      const rate = firstRate * (lastRate / firstRate) ** (i / iterations)
      const [scale1, scale2] = [1 / (1 - beta1 ** i), 1 / (1 - beta2 ** i)]
      for (let k = 0; k < states.length; k++) {
        const g = gradient[k]!
        first[k] = beta1 * first[k]! + (1 - beta1) * g
        second[k] = beta2 * second[k]! + (1 - beta2) * g * g
        states[k]! -= (rate * first[k]! * scale1) / (Math.sqrt(second[k]! * scale2) + epsilon)
      }
    }
    return { states, speeds: speedsAt() }
  } finally {
    executable.dispose()
  }
}

/** States (rows, n) after `steps` steps from `starts`. */
export function settledStates(
  model: TrainedModel,
  network: SequenceNetwork,
  x: Float64Array,
  starts: Float64Array,
  steps: number,
): Float64Array {
  const rows = starts.length / stateSize(network)
  const executable = withWeights(model, stepProgram(network, { next: stepGraph(network, rows).after }))
  executable.write('x', repeated(x, rows))
  let states = starts
  try {
    for (let i = 0; i < steps; i++) {
      writeStates(executable, network, 'state', states, rows)
      runStep(executable)
      states = readStates(executable, network, 'next', rows)
    }
    return states
  } finally {
    executable.dispose()
  }
}

const repeated = (x: Float64Array, rows: number): Float64Array =>
  Float64Array.from({ length: rows * x.length }, (_, i) => x[i % x.length]!)
