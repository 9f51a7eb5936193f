// Keys of layers: there and back, for people, and all that the built-in kinds of network give to weights, spectral radii and steps.
import { describe, expect, it } from 'vitest'
import {
  layerKey,
  layerTitle,
  parseLayerKey,
  scanDirections,
  splitLayer,
  stepKey,
  type LayerPath,
} from '../../src-main/contract/layerPath.ts'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { explainProgram } from '../../src-main/engine/index.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'

const paths = [undefined, 'encoder', 'professor'].flatMap((part) =>
  [0, 1, 15].flatMap((index) =>
    [undefined, ...scanDirections].map((direction): LayerPath => ({
      index,
      ...(part && { part }),
      ...(direction && { direction }),
    })),
  ),
)

describe('the key of a layer', () => {
  it('is read back as the layer it was made of, also where a name goes on behind it', () => {
    for (const path of paths) {
      expect(parseLayerKey(layerKey(path))).toEqual(path)
      expect(splitLayer(`${layerKey(path)}.w_hh.f`)).toEqual({ layer: path, rest: 'w_hh.f' })
      const { part: _, ...alone } = path
      expect(splitLayer(`${stepKey(path)}.c'`)).toEqual({ layer: alone, rest: "c'" })
    }
    expect(new Set(paths.map(layerKey)).size).toBe(paths.length)
  })

  it('is what stored records hold', () => {
    expect(layerKey({ part: 'encoder', index: 0, direction: 'reverse' })).toBe('encoder.layers.0.reverse')
    expect(layerKey({ index: 1, direction: 'down-right' })).toBe('layers.1.down-right')
  })

  it.each([
    '',
    'layers',
    'layers.',
    'layers.x',
    'layers.0.sideways',
    'layers.0.w_hh',
    'embedding',
    '0',
    '0.reverse',
  ])('is not %j', (key) => expect(parseLayerKey(key)).toBeUndefined())

  it.each(['embedding.w', 'readout.b', 'bridge.0.h.w', 'layers.0', 'loss'])(
    'is not the beginning of %j',
    (name) => expect(splitLayer(name)).toBeUndefined(),
  )

  it('is shown as people count layers', () => {
    const keys = ['layers.0', 'layers.11.reverse', 'encoder.layers.2.reverse', 'layers.1.up-left', 'encoder']
    expect(keys.map(layerTitle)).toEqual([
      'Layer 1',
      'Layer 12, reverse',
      'Encoder, layer 3, reverse',
      'Layer 2, up-left',
      'encoder',
    ])
  })
})

const text = 'she sells sea shells by the sea shore; '.repeat(20)
const small = { train: { window: 5, batch: 2 } }
const full = { bptt: 'full', batch: 2, steps: 3 } as const
const kinds: [what: string, given: RunConfigInput, layers: string[], loops: string[]][] = [
  ['two layers', { ...small, model: { hidden: 3, layers: 2 } }, ['layers.0', 'layers.1'], ['layers.0', 'layers.1']],
  ['layers that step together', { ...small, model: { cell: 'hm-lstm', hidden: 3, layers: 2 } }, ['layers.0', 'layers.1'], ['layers.0 + layers.1']],
  ['both directions', { data: { kind: 'memory', problem: 'parity', length: 4 }, model: { cell: 'gru', hidden: 3, bidirectional: true }, train: full }, ['layers.0', 'layers.0.reverse'], ['layers.0', 'layers.0.reverse']],
  ['encoder and decoder', { data: { kind: 'memory', problem: 'reverse', length: 3 }, model: { cell: 'gru', hidden: 3, bidirectional: true }, train: full }, ['encoder.layers.0', 'encoder.layers.0.reverse', 'layers.0'], ['encoder, layers.0', 'encoder, layers.0.reverse', 'decoder, layers.0']],
  ['a discriminator beside it', { model: { cell: 'gru', hidden: 3 }, train: { window: 5, batch: 2 }, forcing: { mode: 'professor' } }, ['layers.0', 'professor.layers.0', 'professor.layers.0.reverse'], ['layers.0', 'layers.0', 'professor, layers.0', 'professor, layers.0.reverse']],
  ['scans of an image', { data: { kind: 'image', size: 8 }, model: { cell: 'md-lstm', hidden: 3, options: { directions: 2 } }, train: full }, ['layers.0.down-left', 'layers.0.down-right'], ['layers.0.down-right', 'layers.0.down-left']],
  ['tied scans of an image', { data: { kind: 'image', size: 8, task: 'classes', texture: 'mixed' }, model: { cell: 'mdrnn', hidden: 3, options: { directions: 4, tied: true } }, train: full }, ['layers.0'], ['layers.0', 'layers.0', 'layers.0', 'layers.0']],
] // prettier-ignore

describe.each(kinds)('%s', (_, given, layers, loops) => {
  const config = parseConfig({ seed: 1, ...given }) as RunConfig

  it('names its weights by layer', () => {
    const names = [...taskOf(config, text).network.weights.keys()]
    const keys = names.flatMap((name) => {
      const found = splitLayer(name)
      return found ? [layerKey(found.layer)] : []
    })
    expect([...new Set(keys)].toSorted()).toEqual(layers)
    expect(names.filter((name) => name.includes('layers.') && !splitLayer(name))).toEqual([])
  })

  it('is explained loop by loop, without the layer in the names of a step', () => {
    const { steps } = explainProgram(config, text, referenceExecutor())
    expect(steps.map(({ name }) => name)).toEqual(loops)
    for (const { layers: own, nodes } of steps)
      for (const { name } of nodes) expect(splitLayer(name) !== undefined && own.length === 1).toBe(false)
  })
})
