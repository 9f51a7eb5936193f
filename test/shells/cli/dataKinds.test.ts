// Flags of `train` for kinds of data other than running text: a key or a preset says how a file is read.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/contract/validate.ts'
import { catalog } from '../../../src-main/engine/index.ts'
import { answerLines } from '../../../src-main/shells/cli/answers.ts'
import { trainConfig, type TrainFlags } from '../../../src-main/shells/cli/trainConfig.ts'

const read = (flags: TrainFlags) => parseConfig(trainConfig(catalog(), flags))

describe('train', () => {
  it.each<[string, TrainFlags, object]>([
    ['a file alone is running text', { dataset: 'mine' }, { kind: 'text', dataset: 'mine' }],
    ['a key of examples', { dataset: 'mine', set: ['data.format=pairs'] }, { kind: 'examples', dataset: 'mine', format: 'pairs' }],
    ['the kind itself', { dataset: 'mine', set: ['data.kind=examples', 'data.unit=char'] }, { kind: 'examples', dataset: 'mine', unit: 'char' }],
    ['a key that texts have too', { dataset: 'mine', set: ['data.unit=word'] }, { kind: 'text', dataset: 'mine', unit: 'word' }],
    ['a configuration', { dataset: 'mine', file: { data: { kind: 'examples', longest: 9 } } }, { kind: 'examples', dataset: 'mine', longest: 9 }],
    ['no file', { set: ['data.problem=copy', 'data.delay=5'] }, { kind: 'memory', problem: 'copy', delay: 5 }],
  ])('%s', (_, flags, data) => expect(read(flags).data).toMatchObject(data)) // prettier-ignore

  it('examples are whole sequences unless somebody says otherwise', () => {
    expect(read({ set: ['data.problem=copy'] }).train.bptt).toBe('full')
    expect(read({ set: ['data.problem=copy', 'train.bptt=truncated'] }).train.bptt).toBe('truncated')
    expect(read({ dataset: 'mine' }).train.bptt).toBe('truncated')
  })
})

describe('a table of answers in the terminal', () => {
  it('is a line for each example, cut to fit', () => {
    const rows = [
      { input: 'a b', expected: 'x', predicted: 'x', right: true },
      { input: 'c'.repeat(99), expected: 'y', predicted: 'x\u001b[2J', right: false },
    ]
    const [head, first, second] = answerLines({ kind: 'examples', rows }) as [string, string, string]
    expect(head.trim()).toMatch(/^input +expected +predicted$/)
    expect(first).toMatch(/^✓ +a b +x +x$/)
    expect(second).toMatch(/^✗ +c{47}… +y/)
    // Signs for control characters are the output's business.
    expect(second).toMatch(/x.\[2J$/)
  })
  it('says whether a series is solved', () => {
    const table = { input: [1], expected: [2], predicted: [[0, 1, 0, 0]], solved: true }
    expect(answerLines(table)).toEqual(['series solved'])
  })
})
