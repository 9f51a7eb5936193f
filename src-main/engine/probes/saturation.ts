// Saturation of gates over a text, left (below 0.1) and right (above 0.9): Karpathy, Johnson and Fei-Fei 2015, figure 3.
import { UnrollError } from '../../contract/errors.ts'
import type { GateSaturation } from '../../contract/inspect.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import { signalOf } from './signals.ts'
import { inspectText } from './textSignals.ts'

const closed = 0.1
const open = 0.9

/** Fraction of positions at which each gate unit is left- and right-saturated; throws E_ARG for a cell without gates, and the errors of inspectText. */
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
  let positions = 0
  const units = network.layers.flatMap((_, layer) =>
    gates.flatMap(({ id: signal }) => {
      const { values, units } = inspectText(model, { text, layer, signal })
      positions = values.length / units
      const fraction = (unit: number, is: (value: number) => boolean) => {
        let count = 0
        for (let at = unit; at < values.length; at += units) if (is(values[at]!)) count++
        return count / positions
      }
      return Array.from({ length: units }, (_, unit) => ({
        layer,
        signal,
        unit,
        closed: fraction(unit, (value) => value < closed),
        open: fraction(unit, (value) => value > open),
      }))
    }),
  )
  return { positions, units, step: model.step }
}
