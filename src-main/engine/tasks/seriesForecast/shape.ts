// The layout of a forecast: the columns read at every record, and `horizon` records of all targets as one answer, record by record.
import type { Options } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { ScaledColumn } from '../../../contract/scaledColumn.ts'
import type { NumberOutput, Shape } from '../examples/example.ts'
import type { ForecastData } from './data.ts'

/** A network that reads C columns and answers with horizon * targets numbers. */
export interface ForecastShape extends Shape {
  topology: 'one'
  input: { channels: number }
  output: NumberOutput
}

/** The shape of a forecast; without columns, as in checkpoints of before, one column is read and predicted. Throws E_CONFIG_DATA for quantiles that do not ascend. */
export function forecastShape(
  { data, train }: Options<'train'> & { data: ForecastData },
  columns: readonly Pick<ScaledColumn, 'target'>[],
): ForecastShape {
  const targets = columns.filter(({ target }) => target).length || 1
  const quantiles = train.loss === 'quantile' ? readQuantiles(data.quantiles) : []
  return {
    topology: 'one',
    input: { channels: columns.length || 1 },
    output: { kind: 'number', count: data.horizon * targets, stop: false, quantiles },
    predictsNext: false,
    words: false,
  }
}

const maxQuantiles = 9

/** The probabilities in a list such as "0.1, 0.5, 0.9". Throws E_CONFIG_DATA. */
export function readQuantiles(text: string): number[] {
  const list = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
  const ascends = list.every((q, i) => q > 0 && q < 1 && (i === 0 || q > list[i - 1]!))
  if (ascends && list.length >= 3 && list.length <= maxQuantiles) return list
  throw new UnrollError(
    'E_CONFIG_DATA',
    `data.quantiles: ${JSON.stringify(text.slice(0, 60))}: give 3 to ${maxQuantiles} ascending probabilities between 0 and 1, such as "0.1, 0.5, 0.9".`,
    { path: 'data.quantiles' },
  )
}
