// Gradients of the loss of a text by states at every symbol, as columns. Each sequence is read whole, from a zero state.
import { UnrollError } from '../../../contract/errors.ts'
import { largest } from '../../../contract/longLists.ts'
import { gradientProgram } from '../../generation/gradientReader.ts'
import { gradientOf } from '../../nn/derivedSignals.ts'
import { signalKey } from '../../nn/model.ts'
import { predictsNext, sequenceOf, withWeights, type TrainedModel } from '../model.ts'
import type { ColumnsRead } from './columnsRead.ts'
import { toColumns } from './toColumns.ts'

/** Largest number of values of one signal of a sequence; a program holds about a dozen times as many. */
const maxValues = 2 ** 22

const refuse = (code: 'E_ARG' | 'E_TOO_LARGE', path: string, message: string) =>
  new UnrollError(code, `${path}: ${message}`, { path })

/** Throws E_ARG for a model that does not predict the next symbol, E_TOO_LARGE for long texts. */
export function refuseGradients(model: TrainedModel, sequences: readonly Int32Array[]): void {
  if (!predictsNext(model))
    throw refuse(
      'E_ARG',
      'signal',
      'this run does not predict the next symbol, so there is no loss of a text to differentiate. Choose another signal.',
    )
  const units = largest(sequenceOf(model).layers.map(({ outputSize }) => outputSize))
  const most = Math.floor(maxValues / units)
  const longest = largest(sequences.map((ids) => ids.length))
  if (longest > most)
    throw refuse(
      'E_TOO_LARGE',
      'text',
      `a gradient needs the whole text at once; ${longest} symbols are too many for ${units} units, at most ${most}.`,
    )
}

/** Fills columns of signals such as `grad_c`, of a model and sequences that are not refused. */
export function readGradients(
  model: TrainedModel,
  sequences: readonly Int32Array[],
  columns: readonly ColumnsRead[],
): void {
  const network = sequenceOf(model)
  const wanted = columns.map(({ layer, signal }) => ({ layer, signal: gradientOf(signal)! }))
  let start = 0
  const placed = sequences.map((ids) => ({ ids, start: (start += ids.length) - ids.length }))
  let done = 0
  for (const [length, parts] of Map.groupBy(placed, ({ ids }) => ids.length)) {
    const executable = withWeights(model, gradientProgram(network, length, wanted))
    try {
      for (const { ids, start: to } of parts) {
        executable.write('ids', ids)
        executable.write('next', [...ids.subarray(1), -1])
        executable.run({ seed: [0, 0], step: 0 })
        columns.forEach(({ layer, units: width, length: all, values }, i) => {
          const read = executable.view(signalKey({ index: layer }, wanted[i]!.signal))
          toColumns(read, 0, width, length, values, width, all, to)
        })
        model.control?.progress?.((done += length), start)
      }
    } finally {
      executable.dispose()
    }
  }
}
