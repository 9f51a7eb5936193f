// A hand-made LSTM of two units over characters: c of unit 0 is 1 outside and -1 inside quotations, since the mark " reads its own state;
// c of unit 1 is -1 inside (...) and 1 after it. All other symbols keep both.
import { openModel, type TrainedModel } from '../../../src-main/engine/index.ts'
import { executor, text, trained } from './trainedModel.ts'

const large = 20

/** The latch, with the weights of its output layer and of a second layer as drawn. */
export function latch(): TrainedModel {
  const model = openModel(
    trained({ model: { cell: 'lstm', hidden: 2, layers: 2, input: 'onehot' } }, 1),
    executor,
  )
  const weights = new Map(model.weights)
  const symbols = model.vocabulary.length
  const at = (symbol: string) => model.symbols.ids.get(symbol)!
  const matrix = (
    name: string,
    rows: number,
    columns: number,
    fill: (row: number, column: number) => number,
  ) =>
    weights.set(name, {
      shape: columns > 0 ? [rows, columns] : [rows],
      data: Float64Array.from({ length: rows * Math.max(1, columns) }, (_, k) =>
        columns > 0 ? fill(Math.floor(k / columns), k % columns) : fill(k, 0),
      ),
    })
  // Rows: i of both units, then f, g, o.
  const writes = (unit: number, symbol: number) =>
    unit === 0 ? symbol === at('"') : symbol === at('(') || symbol === at(')')
  matrix('layers.0.w_ih', 8, symbols, (row, symbol) => {
    const [block, unit] = [Math.floor(row / 2), row % 2]
    if (block === 0) return writes(unit, symbol) ? large : -large
    if (block === 1) return writes(unit, symbol) ? -large : large
    if (block === 3) return large
    if (!writes(unit, symbol)) return 0
    return unit === 0 ? -10 : symbol === at('(') ? -large : large
  })
  matrix('layers.0.w_hh', 8, 2, (row, column) => (row === 4 && column === 0 ? -40 : 0))
  matrix('layers.0.b_ih', 8, 0, () => 0)
  matrix('layers.0.b_hh', 8, 0, () => 0)
  return { ...model, weights }
}

/** A text without its symbols before the first quotation. */
export const latchText = text.slice(text.indexOf('"'))
