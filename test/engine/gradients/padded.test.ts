// The gradient through time of padded sequences is that of each sequence alone.
import { describe, it } from 'vitest'
import { modelConfig } from '../../../src-main/contract/config/model.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { crossEntropy, input, mul, sum } from '../../../src-main/engine/graph/ops.ts'
import { readout } from '../../../src-main/engine/nn/ends.ts'
import { networkOf } from '../../../src-main/engine/nn/network.ts'
import { zeroPerturbation } from '../../../src-main/engine/nn/model.ts'
import { traceNetwork, zeroStates } from '../../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { gradientCurves, gradientRecord } from '../../../src-main/engine/training/gradientRecord.ts'
import { stateGradientOutputs } from '../../../src-main/engine/training/stateGradients.ts'
import { expectClose, values } from '../check.ts'
import { run } from './executors.ts'

describe('padded sequences', () => {
  const sizes = { symbols: 4, outputs: 4, outputBias: true }
  const lengths = [6, 3, 4]

  it.each([
    ['a loss at every step, two GRU layers', { cell: 'gru', hidden: 3, layers: 2, embedding: 2 }, false],
    ['a loss at the end, LSTM', { cell: 'lstm', hidden: 3, embedding: 2 }, true],
    [
      'a loss at every step, LSTM in both directions',
      { cell: 'lstm', hidden: 3, embedding: 2, bidirectional: true },
      false,
    ],
  ])('%s: are followed back from their own ends, as without padding', (_, model, atTheEnd) => {
    const network = networkOf(modelConfig.parse(model), sizes)
    /** Curves of these sequences, padded to the longest of them. */
    const curves = (columns: readonly number[]) => {
      const [steps, batch] = [Math.max(...columns.map((c) => lengths[c]!)), columns.length]
      const weights = weightNodes(network)
      const [x, y] = [input('ids', [steps, batch]), input('targets', [steps, batch])]
      const [mask, asked] = [input('mask', [steps, batch]), input('asked', [steps, batch])]
      const trace = traceNetwork(network, weights, x, zeroStates(network, batch), {
        perturb: zeroPerturbation,
        mask,
      })
      const loss = sum(mul(crossEntropy(readout(network, weights, trace.features), y), asked))
      const outputs = stateGradientOutputs(loss, { network, trace })
      const executable = referenceExecutor().load(compile({ outputs: { loss, ...outputs } }))
      let salt = 1
      for (const [name, { kind, shape }] of executable.program.slots)
        if (kind === 'state') executable.write(name, values(shape, salt++))
      const each = (value: (t: number, column: number) => number) =>
        Array.from({ length: steps * batch }, (_, i) => value(Math.floor(i / batch), columns[i % batch]!))
      executable.write(
        'ids',
        each((t, c) => (t * 3 + c) % 4),
      )
      executable.write(
        'targets',
        each((t, c) => (t * 5 + c + 1) % 4),
      )
      executable.write(
        'mask',
        each((t, c) => Number(t < lengths[c]!)),
      )
      executable.write(
        'asked',
        each((t, c) => Number(atTheEnd ? t === lengths[c]! - 1 : t < lengths[c]!)),
      )
      executable.run(run)
      return gradientRecord(0, gradientCurves(executable), undefined).point.layers
    }
    const alone = lengths.map((_, column) => curves([column]))
    curves([0, 1, 2]).forEach(({ layer, norms, last }, i) => {
      for (const kind of ['norms', 'last'] as const) {
        const expected = Float64Array.from({ length: 6 }, (_, at) => {
          const back = 5 - at
          const long = alone.map((layers) => layers[i]![kind]).filter((curve) => curve.length > back)
          return long.reduce((total, curve) => total + curve.at(-1 - back)!, 0) / long.length
        })
        expectClose(kind === 'norms' ? norms : last, expected, 1e-12, `${kind} of ${layer}`)
      }
    })
  })
})
