// One reading of sequences by a reader program: signals as columns, unit by unit, and the logits chunk by chunk. It keeps nothing.
import { largest } from '../../../contract/longLists.ts'
import { signalKey } from '../../nn/model.ts'
import { openReader, sequenceOf, type TrainedModel } from '../model.ts'
import { chunkLength, runOverText } from '../record.ts'

/** A signal of a layer. */
export interface SignalPlace {
  layer: number
  signal: string
}

/** Called with the logits (count, V) of the next symbol after the positions at, at + 1, ... of all sequences together. */
export type OnLogits = (at: number, count: number, logits: Float32Array | Float64Array) => void

/**
 * Values (units, T) of each place, unit by unit, over sequences of T symbols in all, each read from a zero state. With subsampling a value
 * stands for all symbols of its window.
 */
export function readSequences(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  places: readonly SignalPlace[],
  onLogits?: OnLogits,
): Float32Array[] {
  const network = sequenceOf(model)
  const longest = largest(sequences.map((ids) => ids.length))
  let length = 0
  const placed = sequences.map((ids) => ({ ids, start: (length += ids.length) - ids.length }))
  const columns = places.map(({ layer, signal }) => ({
    key: signalKey({ index: layer }, signal),
    units: network.layers[layer]!.outputSize,
    stepsPerOutput: network.subsample ** (layer + 1),
    values: new Float32Array(network.layers[layer]!.outputSize * length),
  }))
  let done = 0
  // One program per number of steps: a single one, or one for each length of sequence where a network reads both ways.
  const programs = Map.groupBy(placed, ({ ids }) => Math.min(longest, chunkLength(network, ids.length)))
  for (const [steps, parts] of programs) {
    const executable = openReader(model, {
      extent: [steps],
      outputs: onLogits !== undefined,
      watch: ({ index }, id) => places.some(({ layer, signal }) => layer === index && signal === id),
    })
    try {
      for (const { ids, start } of parts)
        runOverText(executable, ids, steps, (from, count) => {
          const at = start + from
          for (const { key, units, stepsPerOutput, values } of columns) {
            const read = executable.view(key)
            for (let unit = 0; unit < units; unit++)
              for (let t = 0, to = unit * length + at; t < count; t++)
                values[to + t] = read[Math.floor(t / stepsPerOutput) * units + unit]!
          }
          onLogits?.(at, count, executable.view('logits'))
          model.control?.progress?.((done += count), length)
        })
    } finally {
      executable.dispose()
    }
  }
  return columns.map(({ values }) => values)
}
