// Gradients of log p by every input vector and every state before it, backwards through a recorded forward pass, step by step.
import { inputSize, stateSize, stepGradientProgram } from '../../generation/stepProgram.ts'
import { probabilities } from '../../generation/sample.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { readStates, runStep, writeStates } from '../stepStates.ts'

/** Gradients by what a reading of `rows` rows passes through. */
export interface GradientsThroughTime {
  /** By the input vector of each step, (rows, I). */
  inputs: Float64Array[]
  /** By the whole state before each step, (rows, n); entry 0 is by the zero state. */
  states: Float64Array[]
}

/** Gradients of `rows` readings at once. */
export interface InputGradients extends GradientsThroughTime {
  /** log p(target) of each row after the last input. */
  logProbabilities: Float64Array
}

/** Reads the input vectors `xs`, T entries of (rows, I), from the zero state, and differentiates log p(target) after the last one. */
export function inputGradients(
  model: TrainedModel,
  network: SequenceNetwork,
  xs: readonly Float64Array[],
  target: number,
): InputGradients {
  const rows = xs[0]!.length / inputSize(network)
  const classes = network.output.size
  const logProbabilities = new Float64Array(rows)
  const gradients = gradientsThroughTime(model, network, xs, 'logits', ([logits]) => {
    const ofLogits = new Float64Array(rows * classes)
    for (let r = 0; r < rows; r++) {
      const p = probabilities(logits!.subarray(r * classes, (r + 1) * classes), 1)
      logProbabilities[r] = Math.log(p[target]!)
      p.forEach((value, i) => (ofLogits[r * classes + i] = (i === target ? 1 : 0) - value))
    }
    return [ofLogits]
  })
  return { logProbabilities, ...gradients }
}

/**
 * Reads the input vectors `xs` from the zero state, then goes back through all steps. `gradientOf` maps outputs to their gradients: the logits of the
 * last step, (rows, V), or the features of every step, (rows, D).
 */
export function gradientsThroughTime(
  model: TrainedModel,
  network: SequenceNetwork,
  xs: readonly Float64Array[],
  by: 'logits' | 'features',
  gradientOf: (outputs: readonly Float64Array[]) => readonly Float64Array[],
): GradientsThroughTime {
  const size = stateSize(network)
  const rows = xs[0]!.length / inputSize(network)
  const executable = withWeights(model, stepGradientProgram(network, rows, by))
  const visited: Float64Array[] = [new Float64Array(rows * size)]
  const none = new Float64Array(rows * size)
  const still = new Float64Array(rows * (by === 'logits' ? network.output.size : network.features))
  const run = (t: number, ofStates: Float64Array, ofOutput: Float64Array) => {
    executable.write('x', xs[t]!)
    writeStates(executable, network, 'state', visited[t]!, rows)
    writeStates(executable, network, 'gradient', ofStates, rows)
    executable.write('gradient', ofOutput)
    runStep(executable)
  }
  const last = xs.length - 1
  const first = by === 'logits' ? last : 0
  try {
    const outputs: Float64Array[] = []
    for (let t = 0; t <= last; t++) {
      run(t, none, still)
      visited.push(readStates(executable, network, 'next', rows))
      if (t >= first) outputs.push(Float64Array.from(executable.read('output')))
    }
    const ofOutputs = gradientOf(outputs)
    const inputs: Float64Array[] = []
    const states: Float64Array[] = []
    let ofStates: Float64Array = none
    for (let t = last; t >= 0; t--) {
      run(t, ofStates, ofOutputs[t - first] ?? still)
      ofStates = readStates(executable, network, 'before', rows)
      states.unshift(ofStates)
      inputs.unshift(Float64Array.from(executable.read('gradientOfX')))
    }
    return { inputs, states }
  } finally {
    executable.dispose()
  }
}
