// The whole states that a network visits while it reads a text, and the text positions nearest to a state.
import type { NearPosition } from '../../contract/analyses.ts'
import { stateSize, stepGraph, stepProgram } from '../generation/stepProgram.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { inputVector, readStates, runStep, writeStates } from './stepStates.ts'

/** The states after each symbol, (T, n) row by row, from the zero state on. */
export function visitedStates(model: TrainedModel, network: SequenceNetwork, ids: Int32Array): Float64Array {
  const size = stateSize(network)
  const all = new Float64Array(ids.length * size)
  const executable = withWeights(model, stepProgram(network, { next: stepGraph(network, 1).after }))
  let state: Float64Array = new Float64Array(size)
  try {
    ids.forEach((id, t) => {
      executable.write('x', inputVector(model, id))
      writeStates(executable, network, 'state', state)
      runStep(executable)
      state = readStates(executable, network, 'next')
      all.set(state, t * size)
    })
  } finally {
    executable.dispose()
  }
  return all
}

/** The `count` positions whose states (T, n) have the smallest Euclidean distance from `state`, nearest first. */
export function nearestPositions(states: Float64Array, state: Float64Array, count: number): NearPosition[] {
  const size = state.length
  const all = Array.from({ length: states.length / size }, (_, position) => {
    let sum = 0
    for (let i = 0; i < size; i++) sum += (states[position * size + i]! - state[i]!) ** 2
    return { position, distance: Math.sqrt(sum) }
  })
  return all.sort((a, b) => a.distance - b.distance || a.position - b.position).slice(0, count)
}
