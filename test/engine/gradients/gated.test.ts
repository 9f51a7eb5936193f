// The gradient through time of gated networks equals central differences, in both directions.
import { describe, it } from 'vitest'
import { layerKey, type LayerPath } from '../../../src-main/contract/layerPath.ts'
import { modelConfig } from '../../../src-main/contract/config/model.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { input, mul } from '../../../src-main/engine/graph/ops.ts'
import { readout } from '../../../src-main/engine/nn/ends.ts'
import { networkOf } from '../../../src-main/engine/nn/network.ts'
import { meanCrossEntropy } from '../../../src-main/engine/nn/losses.ts'
import { traceNetwork, zeroStates } from '../../../src-main/engine/nn/trace.ts'
import { atStep } from '../../../src-main/engine/nn/overTime.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { stateGradientOutputs } from '../../../src-main/engine/training/stateGradients.ts'
import { expectClose, values } from '../check.ts'
import { run } from './executors.ts'

describe('gated networks', () => {
  const [steps, batch] = [5, 3]
  const sizes = { symbols: 4, outputs: 4, outputBias: true }

  it.each([
    ['LSTM', { cell: 'lstm', hidden: 3, embedding: 2 }],
    ['two GRU layers', { cell: 'gru', hidden: 3, layers: 2, embedding: 2 }],
    [
      'LSTM in both directions with a head',
      { cell: 'lstm', hidden: 2, layers: 2, embedding: 2, bidirectional: true, hiddenReadout: 3 },
    ],
    [
      'peephole LSTM with residual links',
      { cell: 'peephole', hidden: 3, layers: 2, embedding: 2, residual: true },
    ],
    ['Jordan, which reads its own outputs', { cell: 'jordan', hidden: 3, embedding: 2 }],
  ])('%s: equals central differences of the loss and of its last step', (_, model) => {
    const network = networkOf(modelConfig.parse(model), sizes)
    const weights = weightNodes(network)
    const x = input('ids', [steps, batch])
    const y = input('targets', [steps, batch])
    const trace = traceNetwork(network, weights, x, zeroStates(network, batch), {
      perturb: (scan, shape) => input(`add ${layerKey(scan)}`, shape),
    })
    const logits = trace.logits ?? readout(network, weights, trace.features)
    const loss = meanCrossEntropy(logits, y)
    // The part that is read at one step alone: the mean over all symbols, of which only those of that step count.
    const at = (t: number) => mul(meanCrossEntropy(atStep(logits, t), atStep(y, t)), 1 / steps)
    const parts = { loss, end: at(steps - 1), start: at(0) }
    const outputs = stateGradientOutputs(loss, { network, trace })
    const executable = referenceExecutor().load(compile({ outputs: { ...parts, ...outputs } }))
    let salt = 1
    for (const [name, { kind, shape }] of executable.program.slots) {
      if (kind === 'state') executable.write(name, values(shape, salt++))
    }
    executable.write(
      'ids',
      Array.from({ length: steps * batch }, (_, i) => (i * 7) % 4),
    )
    executable.write(
      'targets',
      Array.from({ length: steps * batch }, (_, i) => (i * 5 + 1) % 4),
    )
    const zero = ({ hidden }: { hidden: number }) => new Float64Array(steps * batch * hidden)
    for (const layer of network.layers)
      for (const { path } of layer.scans) executable.write(`add ${layerKey(path)}`, zero(layer))
    executable.run(run)
    /** Mean over the batch. */
    const read = (name: string) => {
      const norms = Float64Array.from(executable.read(name))
      return Float64Array.from(
        { length: steps },
        (_, t) => norms.subarray(t * batch, (t + 1) * batch).reduce((a, b) => a + b, 0) / batch,
      )
    }
    const found = Object.fromEntries(Object.keys(outputs).map((name) => [name, read(name)]))
    /** mean over the batch of |d part / d h_t| over the units of a scan, by central differences. */
    const differences = (part: keyof typeof parts, layer: { hidden: number }, scan: LayerPath) =>
      Float64Array.from({ length: steps }, (_, t) => {
        const width = layer.hidden
        const name = `add ${layerKey(scan)}`
        let total = 0
        for (let b = 0; b < batch; b++) {
          let squares = 0
          for (let u = 0; u < width; u++) {
            const moved = zero(layer)
            const value = (delta: number) => {
              moved[(t * batch + b) * width + u] = delta
              executable.write(name, moved)
              executable.run(run)
              return executable.scalar(part)
            }
            squares += ((value(1e-4) - value(-1e-4)) / 2e-4) ** 2
          }
          total += Math.sqrt(squares) / batch
        }
        executable.write(name, zero(layer))
        return total
      })
    for (const layer of network.layers) {
      for (const { path } of layer.scans) {
        const name = layerKey(path)
        const end = path.direction === 'reverse' ? 'start' : 'end'
        expectClose(found[`norms/${name}`]!, differences('loss', layer, path), 1e-7, `norms of ${name}`)
        expectClose(found[`last/${name}`]!, differences(end, layer, path), 1e-7, `last of ${name}`)
      }
    }
  })
})
