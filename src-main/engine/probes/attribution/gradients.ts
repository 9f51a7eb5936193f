// Gradients of log p(symbol) by every input vector and every state before it, backwards through a recorded forward pass.
import { inputSize, stateSize, stepGradientProgram } from '../../generation/stepProgram.ts'
import { probabilities } from '../../generation/sample.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { readStates, runStep, writeStates } from '../stepStates.ts'

/** Gradients of `rows` readings at once. */
export interface InputGradients {
  /** log p(target) of each row after the last input. */
  logProbabilities: Float64Array
  /** By the input vector of each step, (rows, I). */
  inputs: Float64Array[]
  /** By the whole state before each step, (rows, n); entry 0 is by the zero state. */
  states: Float64Array[]
}

/** Reads the input vectors `xs`, T entries of (rows, I), from the zero state, and differentiates log p(target) after the last one. */
export function inputGradients(
  model: TrainedModel,
  network: SequenceNetwork,
  xs: readonly Float64Array[],
  target: number,
): InputGradients {
  const size = stateSize(network)
  const rows = xs[0]!.length / inputSize(network)
  const classes = network.output.size
  const executable = withWeights(model, stepGradientProgram(network, rows))
  const visited: Float64Array[] = [new Float64Array(rows * size)]
  const none = new Float64Array(rows * size)
  const still = new Float64Array(rows * classes)
  const run = (t: number, ofStates: Float64Array, ofLogits: Float64Array) => {
    executable.write('x', xs[t]!)
    writeStates(executable, network, 'state', visited[t]!, rows)
    writeStates(executable, network, 'gradient', ofStates, rows)
    executable.write('gradient', ofLogits)
    runStep(executable)
  }
  try {
    for (let t = 0; t < xs.length; t++) {
      run(t, none, still)
      visited.push(readStates(executable, network, 'next', rows))
    }
    const logits = executable.read('logits')
    const ofLogits = new Float64Array(rows * classes)
    const logProbabilities = new Float64Array(rows)
    for (let r = 0; r < rows; r++) {
      const p = probabilities(logits.subarray(r * classes, (r + 1) * classes), 1)
      logProbabilities[r] = Math.log(p[target]!)
      p.forEach((value, i) => (ofLogits[r * classes + i] = (i === target ? 1 : 0) - value))
    }
    const inputs: Float64Array[] = []
    const states: Float64Array[] = []
    let ofStates: Float64Array = none
    for (let t = xs.length - 1; t >= 0; t--) {
      run(t, ofStates, t === xs.length - 1 ? ofLogits : still)
      ofStates = readStates(executable, network, 'before', rows)
      states.unshift(ofStates)
      inputs.unshift(Float64Array.from(executable.read('gradientOfX')))
    }
    return { logProbabilities, inputs, states }
  } finally {
    executable.dispose()
  }
}
