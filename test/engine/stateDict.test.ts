// Weights as PyTorch's state_dict names them: a file built as torch would lay it out comes back bit for bit, and what does not fit is named.
import { describe, expect, it, vi } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { checkpointOfWeights, weightNameOf } from '../../src-main/engine/checkpoint/stateDict.ts'
import { readTensors, writeTensors, type Tensor } from '../../src-main/engine/checkpoint/safetensors.ts'
import { openTraining } from '../../src-main/engine/openTraining.ts'

const text = 'the cat sat on the mat. '.repeat(40)
const lines = Array.from(
  { length: 40 },
  (_, i) => `${i % 2 ? 'good' : 'bad'}\t${i % 2 ? 'a fine film' : 'a dull film'}`,
).join('\n')
const configOf = (model: object, data: object = { kind: 'text' }) =>
  parseConfig({
    seed: 3,
    data,
    model: { hidden: 5, embedding: 4, ...model },
    train: { batch: 2, window: 8, steps: 1 },
    runtime: { executor: 'reference' },
  }) as RunConfig

/** The checkpoint of a run that has not made a step. */
const begun = (config: RunConfig, source: string) =>
  openTraining({ config, text: source }, referenceExecutor()).checkpoint()

/** What the network starts with, and the same as torch writes it: nn.Embedding `embed`, nn.LSTM `rnn`, nn.Linear `fc`. */
function torchFile(config: RunConfig, source = text) {
  const { tensors } = readCheckpoint(begun(config, source))
  const weights = new Map([...tensors].filter(([name]) => !/^(optim|carry)\./.test(name)))
  const named = new Map<string, Tensor>()
  for (const [name, tensor] of weights) {
    const layer = /^layers\.(\d+)\.(reverse\.)?([wb])_(ih|hh)$/.exec(name)
    const data = Float32Array.from(tensor.data)
    const torch = layer
      ? `rnn.${layer[3] === 'w' ? 'weight' : 'bias'}_${layer[4]}_l${layer[1]}${layer[2] ? '_reverse' : ''}`
      : { 'embedding.w': 'embed.weight', 'readout.w': 'fc.weight', 'readout.b': 'fc.bias' }[name]!
    named.set(torch, { shape: tensor.shape, data })
  }
  return { named, weights }
}
const file = (named: ReadonlyMap<string, Tensor>) =>
  writeTensors({ tensors: new Map(named), metadata: { format: 'pt' } })

describe('a state_dict', () => {
  it.each([
    ['lstm', configOf({ cell: 'lstm', layers: 2 }), text],
    ['gru', configOf({ cell: 'gru' }), text],
    ['rnn, one-hot', configOf({ cell: 'rnn', input: 'onehot', sizes: '6/5' }), text],
    [
      'lstm, both directions',
      configOf({ bidirectional: true }, { kind: 'examples', format: 'labelled', unit: 'word' }),
      lines,
    ],
  ])('of %s comes back bit for bit', (_, config, source) => {
    const { named, weights } = torchFile(config, source)
    const read = readCheckpoint(checkpointOfWeights(file(named), config, source))
    expect([read.step, read.parts, read.config]).toEqual([0, 'weights', config])
    expect(read.vocabulary).toEqual(readCheckpoint(begun(config, source)).vocabulary)
    for (const [name, { data, shape }] of weights)
      expect([name, read.tensors.get(name)]).toEqual([name, { shape, data: Float32Array.from(data) }])
  })

  it('may say the order of its symbols', () => {
    const config = configOf({})
    const { named } = torchFile(config)
    const symbols = [...readCheckpoint(begun(config, text)).vocabulary].reverse()
    const bytes = writeTensors({ tensors: new Map(named), metadata: { vocabulary: JSON.stringify(symbols) } })
    expect(readCheckpoint(checkpointOfWeights(bytes, config, text)).vocabulary).toEqual(symbols)
  })

  it('without biases adds none', () => {
    const config = configOf({ layers: 2 })
    const { named } = torchFile(config)
    for (const name of [...named.keys()]) if (name.includes('bias')) named.delete(name)
    const { tensors } = readCheckpoint(checkpointOfWeights(file(named), config, text))
    expect(tensors.get('layers.1.b_hh')!.data.every((value) => value === 0)).toBe(true)
  })

  it('that does not fit is refused with all that is missing, left over or of another shape', () => {
    const config = configOf({ layers: 2 })
    const { named } = torchFile(config)
    const moved = named.get('rnn.weight_hh_l0')!
    named.delete('rnn.weight_hh_l0')
    named.set('rnn.weight_hh_l7', moved)
    named.set('fc.bias', { shape: [2], data: new Float32Array(2) })
    named.delete('rnn.bias_hh_l1')
    expect(() => checkpointOfWeights(file(named), config, text)).toThrow(
      expect.objectContaining({
        code: 'E_MODEL_MISMATCH',
        message: expect.stringMatching(
          /fc\.bias: expected \(\d+\), found \(2\); rnn\.weight_hh_l7: no weight of this network; did you mean weight_hh_l0\?; weight_hh_l0: missing, expected \(20, 5\); bias_hh_l1: missing, expected \(20\)\./,
        ),
      }),
    )
    const twice = torchFile(config).named
    twice.set('module.lstm.weight_ih_l0', twice.get('rnn.weight_ih_l0')!)
    expect(() => checkpointOfWeights(file(twice), config, text)).toThrow(
      /module\.lstm\.weight_ih_l0: the second tensor for weight_ih_l0/,
    )
  })

  it.each([
    ['weight_ih_l0', 'layers.0.w_ih'],
    ['lstm.bias_hh_l2_reverse', 'layers.2.reverse.b_hh'],
    ['module.model.gru.weight_hh_l1', 'layers.1.w_hh'],
    ['cell.weight_ih', 'layers.0.w_ih'],
    ['encoder.rnn.weight_ih_l0', 'encoder.layers.0.w_ih'],
    ['encoder.weight', 'embedding.w'],
    ['word_embeddings.weight', 'embedding.w'],
    ['decoder.bias', 'readout.b'],
    ['lm_head.weight', 'readout.w'],
    ['head.weight', 'head.w'],
    ['norm.weight', 'norm.weight'],
  ])('calls %s %s', (name, own) => expect(weightNameOf(name)).toBe(own))
})

it('a file without a checksum is read: there is nothing to compare it with', () => {
  const { tensors, metadata } = readTensors(begun(configOf({}), text))
  const { checksum: _checksum, ...rest } = metadata
  expect(readCheckpoint(writeTensors({ tensors, metadata: rest })).step).toBe(0)
  const bytes = writeTensors({ tensors, metadata: { ...metadata, checksum: '1' } })
  expect(() => readCheckpoint(bytes)).toThrow(/does not fit its checksum: it is damaged, or was changed/)
})

it('names of thousands of tensors that do not fit are not all compared', () => {
  const config = configOf({})
  const fileOf = (count: number) =>
    writeTensors({
      metadata: {},
      tensors: new Map(
        Array.from({ length: count }, (_, i) => [
          `rnn.weight_xx_l${i}`,
          { shape: [1], data: new Float32Array(1) },
        ]),
      ),
    })
  const cells = vi.spyOn(Math, 'min')
  const work = [30, 3000].map((count) => {
    const file = fileOf(count)
    cells.mockClear()
    expect(() => checkpointOfWeights(file, config, text)).toThrow(/and \d+ more\.$/)
    return cells.mock.calls.length
  })
  cells.mockRestore()
  expect(work[1]! - work[0]!).toBeLessThan(1000)
})
