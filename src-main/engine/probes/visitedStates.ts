// The whole states that a network visits while it reads a text or held-out numbers, and the positions nearest to a state.
import type { NearPosition } from '../../contract/dynamics.ts'
import { stateSize, stepGraph, stepProgram } from '../generation/stepProgram.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { withWeights, type TrainedModel } from './model.ts'
import type { Drive } from './drive.ts'
import { readStates, runStep, writeStates } from './stepStates.ts'

/** States after each step, (T, n); of a network that reads numbers also its outputs after the output activation, (T, O). */
export interface Visited {
  states: Float64Array
  outputs: Float32Array
}

/** The states that a network visits over what drives it, row by row; each sequence starts from the zero state. */
export function visitedStates(model: TrainedModel, network: SequenceNetwork, drive: Drive): Visited {
  const size = stateSize(network)
  const { after, outputs: all } = stepGraph(network, 1)
  const outputs = drive.numbers ? all : undefined
  const executable = withWeights(model, stepProgram(network, { next: after }, outputs && { outputs }))
  const width = outputs?.shape[2] ?? 0
  const states = new Float64Array(drive.length * size)
  const read = new Float32Array(drive.length * width)
  const starts = new Set(drive.starts)
  let state: Float64Array = new Float64Array(size)
  try {
    for (let t = 0; t < drive.length; t++) {
      if (starts.has(t)) state = new Float64Array(size)
      executable.write('x', drive.vector(t))
      writeStates(executable, network, 'state', state)
      runStep(executable)
      state = readStates(executable, network, 'next')
      states.set(state, t * size)
      if (outputs) read.set(executable.read('outputs'), t * width)
    }
  } finally {
    executable.dispose()
  }
  return { states, outputs: read }
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
