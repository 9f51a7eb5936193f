// Saturation of gates over a text, left (below 0.1) and right (above 0.9): Karpathy, Johnson and Fei-Fei 2015, figure 3.
import { UnrollError } from '../../contract/errors.ts'
import type { GateSaturation } from '../../contract/inspect.ts'
import { encodeTyped } from '../generation/sample.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { eachRecording } from './recordings/signals.ts'
import { signalOf } from './signals.ts'

const closed = 0.1
const open = 0.9

/** Fraction of positions at which each gate unit is left- and right-saturated; throws E_ARG for a cell without gates, and for unknown symbols. */
export function gateSaturation(
  model: TrainedModel,
  { text, signals }: { text: string; signals?: string[] | undefined },
): GateSaturation {
  const network = sequenceOf(model)
  const gates = (signals?.map((id) => signalOf(network, id)) ?? network.cell.signals).filter(
    ({ kind }) => kind === 'gate',
  )
  if (gates.length === 0)
    throw new UnrollError(
      'E_ARG',
      `signals: none of the signals of a ${network.cell.title} selected here is a gate; inspect h, c or another signal with inspect.text.`,
      { path: 'signals' },
    )
  refuseNonText(model, 'inspect')
  const { ids } = encodeTyped(text, model.symbols, 'text')
  const places = network.layers.flatMap((_, layer) => gates.map(({ id: signal }) => ({ layer, signal })))
  const found: GateSaturation['units'] = []
  eachRecording(model, [ids], places, ({ layer, signal, units, column }) => {
    for (let unit = 0; unit < units; unit++) {
      const { closed, open } = saturationOf(column(unit))
      found.push({ layer, signal, unit, closed: closed / ids.length, open: open / ids.length })
    }
  })
  return { positions: ids.length, units: found, step: model.step }
}

/** Number of values of a gate below 0.1, and above 0.9. */
export function saturationOf(values: Float32Array): { closed: number; open: number } {
  let [below, above] = [0, 0]
  for (let t = 0; t < values.length; t++) {
    if (values[t]! < closed) below++
    else if (values[t]! > open) above++
  }
  return { closed: below, open: above }
}
