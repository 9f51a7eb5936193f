// Flags of `train` for other tasks than language models: a key or a preset says which is meant; old keys are understood.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { catalog } from '../../../src-main/engine/index.ts'
import { channelLines } from '../../../src-main/shells/cli/answers/channelLines.ts'
import { exampleLines } from '../../../src-main/shells/cli/answers/exampleLines.ts'
import { seriesLines } from '../../../src-main/shells/cli/answers/seriesLines.ts'
import { trainConfig, type TrainFlags } from '../../../src-main/shells/cli/trainConfig.ts'

const read = (flags: TrainFlags) => parseConfig(trainConfig(catalog(), flags))

describe('train', () => {
  it.each<[string, TrainFlags, string, object]>([
    ['a file alone is running text', { dataset: 'mine' }, 'language-model', { dataset: 'mine' }],
    ['the task itself', { dataset: 'mine', set: ['task=sequence-to-sequence'] }, 'sequence-to-sequence', { dataset: 'mine' }],
    ['a key of one task', { dataset: 'mine', set: ['data.truncate=beginning'] }, 'sequence-classification', { dataset: 'mine', truncate: 'beginning' }],
    ['a key that texts have too', { dataset: 'mine', set: ['data.unit=word'] }, 'language-model', { dataset: 'mine', unit: 'word' }],
    ['a configuration', { dataset: 'mine', file: { task: 'sequence-labelling', data: { maxLength: 9 } } }, 'sequence-labelling', { dataset: 'mine', maxLength: 9 }],
    ['no file', { set: ['data.problem=copy', 'data.delay=5'] }, 'memory-problem', { problem: 'copy', delay: 5 }],
    ['another task than that of the preset', { preset: 'addition', set: ['task=memory-problem', 'data.length=9'] }, 'memory-problem', { problem: 'adding', length: 9 }],
    ['an old key', { dataset: 'mine', set: ['data.format=pairs'] }, 'sequence-to-sequence', { dataset: 'mine' }],
    ['the old kind', { dataset: 'mine', set: ['data.kind=examples', 'data.unit=char'] }, 'sequence-classification', { dataset: 'mine', unit: 'char' }],
    ['an old configuration', { dataset: 'mine', file: { data: { kind: 'examples', longest: 9, keep: 'end' } } }, 'sequence-classification', { dataset: 'mine', maxLength: 9, truncate: 'beginning' }],
    ['an old kind over a preset', { preset: 'moby-dick', set: ['data.kind=series', 'data.series=2'] }, 'symbol-series', { series: 2 }],
  ])('%s', (_, flags, task, data) => expect(read(flags)).toMatchObject({ task, data })) // prettier-ignore

  it('says the new name of an old key', () => {
    const lines: string[] = []
    const set = ['data.kind=image', 'data.task=classes', 'data.size=9']
    trainConfig(catalog(), { set }, (line) => lines.push(line))
    expect(lines).toEqual(['data.kind=image data.task=classes is now task=image-classification'])
  })
  it('says the new names of old options, and keeps what they said', () => {
    const lines: string[] = []
    const set = ['train.lr=0.1', 'train.forcingUnit=step', 'train.loss=halfsquares', 'model.sizes=8/6']
    const config = trainConfig(catalog(), { set, preset: 'moby-dick' }, (line) => lines.push(line))
    expect(config).toMatchObject({
      optimizer: { lr: 0.1, clipNorm: 1 },
      forcing: { unit: 'token' },
      train: { loss: 'sse', window: 64 },
      model: { layers: '8/6' },
    })
    expect(lines).toEqual([
      'train.lr is now optimizer.lr=0.1',
      'train.forcingUnit is now forcing.unit=token',
      'train.loss=halfsquares is now train.loss=sse',
      'model.sizes is now model.layers=8/6',
    ])
    for (const keys of [
      ['train.lr=1', 'optimizer.lr=1'],
      ['optimizer.lr=1', 'train.lr=1'],
    ])
      expect(() => read({ set: keys })).toThrow(
        'train.lr is now optimizer.lr, and both are given. Leave out train.lr.',
      )
  })
  it('refuses an old kind that there never was', () =>
    expect(() => read({ set: ['data.kind=texts'] })).toThrow(
      /data\.kind=texts: no such task\. Set task to one of/,
    ))

  it('examples are whole sequences unless somebody says otherwise', () => {
    expect(read({ set: ['data.problem=copy'] }).train.bptt).toBe('full')
    expect(read({ set: ['data.problem=copy', 'train.bptt=truncated'] }).train.bptt).toBe('truncated')
    expect(read({ dataset: 'mine' }).train.bptt).toBe('truncated')
  })
})

describe('a table of predictions in the terminal', () => {
  it('is a line for each example, cut to fit', () => {
    const rows = [
      { input: 'a b', expected: 'x', predicted: 'x', right: true },
      { input: 'c'.repeat(99), expected: 'y', predicted: 'x\u001b[2J', right: false },
    ]
    const [head, first, second] = exampleLines({ kind: 'examples', rows }) as [string, string, string]
    expect(head.trim()).toMatch(/^input +expected +predicted$/)
    expect(first).toMatch(/^✓ +a b +x +x$/)
    expect(second).toMatch(/^✗ +c{47}… +y/)
    // Signs for control characters are the output's business.
    expect(second).toMatch(/x.\[2J$/)
  })
  it('says whether a series is solved', () => {
    const table = { input: [1], expected: [2], predicted: [[0, 1, 0, 0]], solved: true }
    expect(seriesLines(table)).toEqual(['series solved'])
  })
  it('shows the signs of the channels of a sequence of numbers', () => {
    const sequence = {
      input: [[1, -1], [0, 1]],
      expected: [[1, -1], [1, 1]],
      predicted: [[0.9, -1.1], [-0.2, 1]],
    } // prettier-ignore
    expect(channelLines({ kind: 'channels', sequences: [sequence] })).toEqual([
      '3 of 4 outputs have the sign of their target',
      'channel 1  input   +.',
      '           target  ++',
      '           output  +-',
      'channel 2  input   -+',
      '           target  -+',
      '           output  -+',
    ])
  })
})
