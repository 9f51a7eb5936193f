// A symbol of a model's vocabulary by its text, for analyses that read one symbol for ever.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { TrainedModel } from './model.ts'

/** The id of a symbol; throws E_ARG with the nearest one if the vocabulary has none such. `path` names the field. */
export function symbolOf({ symbols }: TrainedModel, symbol: string, path = 'symbol'): number {
  const id = symbols.ids.get(symbol)
  if (id !== undefined) return id
  const near = nearest(symbol, symbols.symbols)
  throw new UnrollError(
    'E_ARG',
    `${path}: ${JSON.stringify(symbol)} is not a symbol of this run${near ? `; did you mean ${JSON.stringify(near)}?` : '.'}`,
    { path },
  )
}
