// The held-out sequences of the flip-flop task: a number per channel at every step, right where it has the sign of the target.
import { eq, gt, input, mean, mul, reshape, slice, square, sub, sum } from '../../graph/ops.ts'
import type { Model } from '../../nn/model.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { outputsOf, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Node } from '../../graph/node.ts'
import type { HeldOut } from '../heldOut.ts'
import type { FlipFlopData } from './data.ts'
import { columnRows, type PulseBuffers } from './sequences.ts'

function outputs(model: Model, weights: Weights, x: Node): Node {
  const network = model as SequenceNetwork
  return outputsOf(network, weights, traceNetwork(network, weights, x, zeroStates(network, x.shape[1]!)))
}

/** All `count` held-out sequences, (T, count, C) in `buffers`. */
export function flipFlopHeldOut(data: FlipFlopData, buffers: PulseBuffers, count: number): HeldOut {
  const { channels, length } = data
  const names = Array.from({ length: channels }, (_, c) => `channel ${c + 1}`)
  const rows = (values: Float64Array, index: number) => columnRows(data, values, count, index).flat()
  return {
    count,
    dimensions: names,
    ids: null,
    answers: { kind: 'number', names },
    training: () => buffers.pulses,
    example: (index) => ({
      places: length,
      values: Float64Array.from(rows(buffers.pulses, index)),
      tokens: [],
      picture: null,
      at: length - 1,
    }),
    graph: (model, weights, x, at) =>
      reshape(slice(outputs(model, weights, x), 0, at!, 1), [x.shape[1]!, channels]),
    program(model, weights, numbers) {
      const shape = [length, numbers.length, channels]
      const [pulses, signs] = [input('pulses', shape), input('signs', shape)]
      const values = outputs(model, weights, pulses)
      const right = eq(sum(gt(mul(values, signs), 0), [2]), channels)
      const write = (of: Float64Array) => {
        const all = numbers.map((index) => rows(of, index))
        return Array.from({ length: length * numbers.length * channels }, (_, i) => {
          const [t, b] = [
            Math.floor(i / (numbers.length * channels)),
            Math.floor(i / channels) % numbers.length,
          ]
          return all[b]![t * channels + (i % channels)]!
        })
      }
      return {
        outputs: { loss: mean(square(sub(values, signs)), [0, 2]), right: mean(right, [0]) },
        write(executable) {
          executable.write('pulses', write(buffers.pulses))
          executable.write('signs', write(buffers.signs))
        },
        read(executable) {
          const [loss, share] = [executable.read('loss'), executable.read('right')]
          return numbers.map((example, i) => ({
            example,
            input: `${length} steps of ${channels} channels`,
            expected: 'all signs',
            predicted: `all signs at ${Math.round(100 * share[i]!)} % of the steps`,
            right: share[i] === 1,
            loss: loss[i]!,
          }))
        },
      }
    },
  }
}
