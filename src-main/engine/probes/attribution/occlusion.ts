// Occlusion: what log p of a symbol becomes when a symbol before it is replaced by each of the likely ones at its place.
import { inputSize, stateSize, stepGraph, stepProgram } from '../../generation/stepProgram.ts'
import { largestFirst, probabilities } from '../../generation/sample.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { withWeights, type TrainedModel } from '../model.ts'
import { inputVector, readStates, runStep, writeStates } from '../stepStates.ts'

/** One replacement: the symbol read instead at a position. */
interface Replacement {
  position: number
  id: number
}
/** A replacement with log p(target) as it is minus log p(target) with it. */
export interface OccludedSymbol extends Replacement {
  change: number
}

const rowsPerRun = 256

/**
 * Replaces each symbol of `ids` but the last, which is the target, by each of the `count` symbols that the network finds most probable there, its
 * own left out; at position 0, where there is no prediction, by the most frequent symbols of the text.
 */
export function occlude(
  model: TrainedModel,
  network: SequenceNetwork,
  ids: Int32Array,
  count: number,
): OccludedSymbol[] {
  const size = stateSize(network)
  const classes = network.output.size
  const last = ids.length - 1
  const step = withWeights(model, oneStep(network, 1))
  const before: Float64Array[] = [new Float64Array(size)]
  const predicted: Float64Array[] = [frequencies(ids, classes)]
  for (let t = 0; t < last; t++) {
    step.write('x', inputVector(model, ids[t]!))
    writeStates(step, network, 'state', before[t]!)
    runStep(step)
    before.push(readStates(step, network, 'next'))
    predicted.push(probabilities(step.read('logits'), 1))
  }
  step.dispose()
  const reference = Math.log(predicted[last]![ids[last]!]!)
  const replacements = Array.from(ids.subarray(0, last)).flatMap((own, position) =>
    largestFirst(predicted[position]!, Math.min(classes, count + 1))
      .filter((id) => id !== own && id < model.vocabulary.length)
      .slice(0, count)
      .map((id) => ({ position, id })),
  )
  const results: OccludedSymbol[] = []
  const rows = Math.min(rowsPerRun, replacements.length)
  if (rows === 0) return results
  const batch = withWeights(model, oneStep(network, rows))
  try {
    for (let from = 0; from < replacements.length; from += rows) {
      const own = replacements.slice(from, from + rows)
      const logits = readOn(model, network, batch, ids, own, rows, before[own[0]!.position]!)
      own.forEach((replacement, r) => {
        const p = probabilities(logits.subarray(r * classes, (r + 1) * classes), 1)
        results.push({ ...replacement, change: reference - Math.log(p[ids[last]!]!) })
      })
    }
    return results
  } finally {
    batch.dispose()
  }
}

const oneStep = (network: SequenceNetwork, rows: number) => {
  const { after, logits } = stepGraph(network, rows)
  return stepProgram(network, { next: after }, { logits: logits! })
}

/** Logits (rows, V) before the last symbol: all rows start before the first replacement, each reads its own. Rows without one read the text. */
function readOn(
  model: TrainedModel,
  network: SequenceNetwork,
  batch: ReturnType<typeof withWeights>,
  ids: Int32Array,
  own: readonly Replacement[],
  rows: number,
  start: Float64Array,
): Float32Array | Float64Array {
  const size = inputSize(network)
  let states = Float64Array.from(
    { length: rows * start.length },
    (_, i) => start[i % start.length]!,
  ) as Float64Array
  for (let t = own[0]!.position; t < ids.length - 1; t++) {
    const x = new Float64Array(rows * size)
    const plain = inputVector(model, ids[t]!)
    for (let r = 0; r < rows; r++)
      x.set(own[r]?.position === t ? inputVector(model, own[r]!.id) : plain, r * size)
    batch.write('x', x)
    writeStates(batch, network, 'state', states, rows)
    runStep(batch)
    states = readStates(batch, network, 'next', rows)
  }
  return batch.read('logits')
}

/** How often each of `classes` symbols occurs. */
export function frequencies(ids: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (const id of ids) counts[id]! += 1
  return counts
}
