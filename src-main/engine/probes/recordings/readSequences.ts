// One reading of sequences by a reader program: signals as columns, unit by unit, and the logits chunk by chunk. It keeps nothing.
import { largest } from '../../../contract/longLists.ts'
import { signalKey } from '../../nn/model.ts'
import { openReader, sequenceOf, type TrainedModel } from '../model.ts'
import { gradientOf } from '../../nn/derivedSignals.ts'
import { chunkLength, runOverText } from '../record.ts'
import type { ColumnsRead, OnLogits, SignalPlace } from './columnsRead.ts'
import { readGradients, refuseGradients } from './readGradients.ts'
import { readInParts, readsInParts } from './readInParts.ts'
import { toColumns } from './toColumns.ts'

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
  const length = sequences.reduce((sum, ids) => sum + ids.length, 0)
  const columns = places.map(({ layer, signal }): ColumnsRead => ({
    layer,
    signal,
    length,
    key: signalKey({ index: layer }, signal),
    units: network.layers[layer]!.outputSize,
    stepsPerOutput: network.subsample ** (layer + 1),
    values: new Float32Array(network.layers[layer]!.outputSize * length),
  }))
  const isGradient = ({ signal }: ColumnsRead) => gradientOf(signal) !== undefined
  const gradients = columns.filter(isGradient)
  const read = columns.filter((column) => !isGradient(column))
  if (gradients.length > 0) refuseGradients(model, sequences)
  if (read.length > 0 || onLogits) {
    const [only] = sequences
    const inParts = sequences.length === 1 && readsInParts(network, length)
    if (!inParts || !readInParts(model, only!, read, onLogits)) readInOrder(model, sequences, read, onLogits)
  }
  if (gradients.length > 0) readGradients(model, sequences, gradients)
  return columns.map(({ values }) => values)
}

function readInOrder(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  columns: readonly ColumnsRead[],
  onLogits?: OnLogits,
): void {
  const network = sequenceOf(model)
  const longest = largest(sequences.map((ids) => ids.length))
  let length = 0
  const placed = sequences.map((ids) => ({ ids, start: (length += ids.length) - ids.length }))
  let done = 0
  // One program per number of steps: a single one, or one for each length of sequence where a network reads both ways.
  const programs = Map.groupBy(placed, ({ ids }) => Math.min(longest, chunkLength(network, ids.length)))
  for (const [steps, parts] of programs) {
    const executable = openReader(model, {
      extent: [steps],
      outputs: onLogits !== undefined,
      watch: ({ index }, id) => columns.some(({ layer, signal }) => layer === index && signal === id),
    })
    try {
      for (const { ids, start } of parts)
        runOverText(executable, ids, steps, (from, count) => {
          const at = start + from
          for (const { key, units, stepsPerOutput, values } of columns) {
            const read = executable.view(key)
            if (stepsPerOutput === 1) toColumns(read, 0, units, count, values, units, length, at)
            else
              for (let t = 0; t < count; t++)
                toColumns(read, Math.floor(t / stepsPerOutput) * units, 0, 1, values, units, length, at + t)
          }
          onLogits?.(at, count, executable.view('logits'))
          model.control?.progress?.((done += count), length)
        })
    } finally {
      executable.dispose()
    }
  }
}
