// Every signal of one unit over a text: what its cell computes at each step.
import type { CellValues, SignalRole } from '../../contract/cellValues.ts'
import { UnrollError } from '../../contract/errors.ts'
import { encodeTyped } from '../generation/sample.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { eachRecording } from './recordings/signals.ts'
import { layerAt } from './signals.ts'

/** The signals of one unit of layer `layer` over the text. Throws E_ARG for an unknown layer, unit or symbol. */
export function cellValues(
  model: TrainedModel,
  { text, layer, unit }: { text: string; layer: number; unit: number },
): CellValues {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  const { cell, subsample } = network
  const { outputSize, hidden } = layerAt(network, layer)
  if (unit >= outputSize)
    throw new UnrollError('E_ARG', `unit: ${unit} is not one of 0..${outputSize - 1}.`, { path: 'unit' })
  const { ids } = encodeTyped(text, model.symbols, 'text')
  const roleOf = (id: string, kind: string): SignalRole =>
    cell.state.includes(id)
      ? 'state'
      : kind === 'gate'
        ? 'gate'
        : id === cell.candidate
          ? 'candidate'
          : 'other'
  const values = new Float32Array(cell.signals.length * ids.length)
  let row = 0
  eachRecording(
    model,
    [ids],
    cell.signals.map(({ id: signal }) => ({ layer, signal })),
    ({ column }) => values.set(column(unit), row++ * ids.length),
  )
  const stride = subsample ** (layer + 1)
  return {
    layer,
    unit,
    step: model.step,
    signals: cell.signals.map(({ id, title, kind }) => ({ id, title, kind, role: roleOf(id, kind) })),
    values,
    back: network.bidirectional && unit >= hidden ? -stride : stride,
  }
}
