// Streams one signal of a network over a text, a row of values of all units per symbol. Without logits the rows come from the recordings that
// probes share, unless these would be too large.
import type { UnitRef } from '../../contract/analyses.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { openReader, sequenceOf, type TrainedModel } from './model.ts'
import { chunkLength, runOverText } from './record.ts'
import { copyRows, eachRecording, type SignalRecording } from './recordings/signals.ts'
import { layerAt } from './signals.ts'

/** Largest number of values that are recorded; longer readings are streamed. */
const maxRecorded = 2 ** 26
/** Rows of a piece from a recording. */
const pieceRows = 128

/** Number of first symbols of a text that statistics leave out, since the state starts at zero: 100, at most a tenth of the text. */
export const warmUpOf = (symbols: number): number => Math.min(100, Math.floor(symbols / 10))

/** The units of some layers in the order of a row's values. */
export const unitsOf = (network: SequenceNetwork, layers: readonly number[]): UnitRef[] =>
  layers.flatMap((layer) =>
    Array.from({ length: network.layers[layer]!.outputSize }, (_, unit) => ({ layer, unit })),
  )

/** The given layer, or all layers; throws E_ARG for one that is not there. */
export function layersOf(network: SequenceNetwork, layer: number | undefined): number[] {
  if (layer !== undefined) layerAt(network, layer)
  return layer === undefined ? allLayers(network) : [layer]
}

/** Indices of all layers. */
export const allLayers = ({ layers }: SequenceNetwork): number[] => layers.map((_, index) => index)

/** Called with rows (count, units) and the index of the first symbol. */
export type OnRows = (
  rows: Float32Array,
  from: number,
  count: number,
  logits?: Float32Array | Float64Array,
) => void

/**
 * Yields rows (count, units of `layers`) of `signal` in pieces of the text, each with the index of its first symbol. The array is reused for
 * the next piece. With subsampling a value stands for all symbols of its window. With `logits` also the logits (count, V) of the next symbol.
 */
export function streamSignal(
  model: TrainedModel,
  ids: Int32Array,
  signal: string,
  layers: readonly number[],
  onRows: OnRows,
  { logits = false } = {},
): void {
  const network = sequenceOf(model)
  const steps = chunkLength(network, ids.length)
  const width = unitsOf(network, layers).length
  if (!logits && ids.length * width <= maxRecorded)
    return recordedRows(model, ids, signal, layers, width, onRows)
  const rows = new Float32Array(Math.min(steps, ids.length) * width)
  const executable = openReader(model, {
    extent: [steps],
    outputs: logits,
    watch: ({ index }, id) => id === signal && layers.includes(index),
  })
  try {
    runOverText(executable, ids, steps, (from, count) => {
      let at = 0
      for (const layer of layers) {
        const size = network.layers[layer]!.outputSize
        const values = executable.read(signalKey({ index: layer }, signal))
        const stepsPerOutput = network.subsample ** (layer + 1)
        for (let t = 0; t < count; t++) {
          const first = Math.floor(t / stepsPerOutput) * size
          rows.set(values.subarray(first, first + size), t * width + at)
        }
        at += size
      }
      onRows(rows, from, count, logits ? executable.read('logits') : undefined)
      model.control?.progress?.(from + count, ids.length)
    })
  } finally {
    executable.dispose()
  }
}

function recordedRows(
  model: TrainedModel,
  ids: Int32Array,
  signal: string,
  layers: readonly number[],
  width: number,
  onRows: OnRows,
): void {
  const recordings: SignalRecording[] = []
  const places = layers.map((layer) => ({ layer, signal }))
  eachRecording(model, [ids], places, (recording) => void recordings.push(recording))
  const rows = new Float32Array(Math.min(pieceRows, ids.length) * width)
  for (let from = 0; from < ids.length; from += pieceRows) {
    const count = Math.min(pieceRows, ids.length - from)
    let at = 0
    for (const recording of recordings) {
      copyRows(recording, from, count, rows, width, at)
      at += recording.units
    }
    onRows(rows, from, count)
  }
}
