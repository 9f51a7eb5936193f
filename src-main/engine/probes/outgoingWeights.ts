// The strongest weights by which the h of a unit is read: by the output layer, by the hidden layer before it, by the next recurrent layer.
import type { NextLayerWeights, OutgoingWeights } from '../../contract/unitCard.ts'
import { weightPrefix } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import { gatesOf } from './unitRecord.ts'

const mostSymbols = 10
const mostUnits = 5

/** One column of a matrix (rows, columns) as (row, weight). */
function columnOf(
  { weights }: TrainedModel,
  name: string,
  column: number,
): { unit: number; weight: number }[] {
  const { shape, data } = weights.get(name)!
  const [rows, columns] = shape as [number, number]
  return Array.from({ length: rows }, (_, unit) => ({ unit, weight: data[unit * columns + column]! }))
}

const strongest = <W extends { weight: number }>(weights: readonly W[], most: number): W[] =>
  weights.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, most)

/** Weights from `unit` of `layer`. A residual network adds the output of a lower layer to those above, so there all layers reach the output layer. */
export function outgoingWeights(model: TrainedModel, layer: number, unit: number): OutgoingWeights {
  const network = sequenceOf(model)
  const last = network.layers.length - 1
  const reaches = layer === last || network.residual
  const coupled = model.weights.has('join.gate')
  const next = layer < last ? nextLayer(model, network, layer, unit) : []
  if (reaches && network.head > 0 && !coupled) {
    const units = strongest(columnOf(model, 'head.w', unit), mostUnits)
    next.push({ layer: null, reverse: false, gate: '', units })
  }
  const direct = reaches && network.head === 0 && !coupled && model.weights.has('readout.w')
  return { output: direct ? outputWeights(model, unit) : null, next }
}

function outputWeights(model: TrainedModel, unit: number): NonNullable<OutgoingWeights['output']> {
  const column = columnOf(model, 'readout.w', unit)
  const { vocabulary, labels } = model
  const names = [vocabulary, labels].find(({ length }) => length === column.length)
  const named = strongest(column, column.length).map(({ unit: row, weight }) => ({
    symbol: names?.[row] ?? `output ${row}`,
    weight,
  }))
  return {
    raises: named.filter(({ weight }) => weight > 0).slice(0, mostSymbols),
    lowers: named.filter(({ weight }) => weight < 0).slice(0, mostSymbols),
  }
}

/** Blocks of rows in the order of the cell's weights; one unnamed block if the cell has no gates. */
function blocksOf({ cell, options }: SequenceNetwork, gates: number): string[] {
  const inOrder = cell.blocks?.(options) ?? cell.signals.map(({ id }) => id)
  const named = new Set([...gatesOf({ cell }), cell.candidate])
  const blocks = inOrder.filter((id) => named.has(id))
  if (blocks.length === gates) return blocks
  return Array.from({ length: gates }, (_, i) => (gates === 1 ? '' : `block ${i + 1}`))
}

function nextLayer(
  { weights, ...model }: TrainedModel,
  network: SequenceNetwork,
  layer: number,
  unit: number,
): NextLayerWeights[] {
  const above = network.layers[layer + 1]!
  const { outputSize } = network.layers[layer]!
  return above.scans.flatMap(({ owner, path }) =>
    [...network.weights]
      .filter(([name, { role }]) => role === 'input' && name.startsWith(weightPrefix(owner)))
      .flatMap(([name, { gates }]) => {
        const columns = weights.get(name)!.shape[1]!
        // With subsampling a row reads several steps, so the unit has a column for each.
        const all = Array.from({ length: Math.floor(columns / outputSize) }, (_, step) =>
          columnOf({ weights, ...model }, name, unit + step * outputSize),
        ).flat()
        return blocksOf(network, gates).map((gate, block) => ({
          layer: layer + 1,
          reverse: path.direction === 'reverse',
          gate,
          units: strongest(
            all
              .filter(({ unit: row }) => Math.floor(row / above.hidden) === block)
              .map(({ unit: row, weight }) => ({ unit: row % above.hidden, weight })),
            mostUnits,
          ),
        }))
      }),
  )
}
