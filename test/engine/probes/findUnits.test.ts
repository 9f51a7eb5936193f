// Finding units: the one that knows a predicate is ranked first, by what it does on held-out text.
import { describe, expect, it } from 'vitest'
import { writeCheckpoint } from '../../../src-main/engine/checkpoint/write.ts'
import { findUnits, openModel, readCheckpoint } from '../../../src-main/engine/index.ts'
import { executor, text, bytes, model } from './trainedModel.ts'

describe('finding units', () => {
  /** The model with unit 3 of layer 0 turned into a detector: its gates open and its candidate is +1 on spaces, -1 elsewhere. */
  function rigged() {
    const read = readCheckpoint(bytes)
    const vocabulary = read.vocabulary
    const embedding = read.tensors.get('embedding.w')!
    vocabulary.forEach((symbol, id) => (embedding.data[id * 5] = symbol === ' ' ? 20 : -20))
    const set = (name: string, row: number, values: number[]) => {
      const tensor = read.tensors.get(name)!
      const width = tensor.shape[1] ?? 1
      values.forEach((v, i) => (tensor.data[row * width + i] = v))
    }
    for (const [gate, bias] of [
      [0, 20],
      [1, -20],
      [2, 0],
      [3, 20],
    ] as const) {
      set('layers.0.w_ih', gate * 6 + 3, [gate === 2 ? 1 : 0, 0, 0, 0, 0])
      set('layers.0.w_hh', gate * 6 + 3, [0, 0, 0, 0, 0, 0])
      set('layers.0.b_ih', gate * 6 + 3, [bias])
      set('layers.0.b_hh', gate * 6 + 3, [0])
    }
    return openModel(writeCheckpoint(read), executor)
  }

  it('names the one that knows, with AUC and F1 of 1, far above chance', () => {
    const found = findUnits(rigged(), { text, predicate: 'space', signals: ['c', 'h'], top: 24 })
    expect(found.scores).toHaveLength(24)
    expect(found.scores[0]!.auc).toBe(1)
    const detector = found.scores.find((s) => s.layer === 0 && s.signal === 'c' && s.unit === 3)
    expect(detector).toMatchObject({ auc: 1, f1: 1, sign: 1 })
    expect(found.positions).toBe(text.length - Math.floor(text.length / 10))
    expect(found.positives).toBe([...text.slice(-found.positions)].filter((c) => c === ' ').length)
    expect(found.nullAuc).toBeLessThan(0.95)
  })

  it('sorts by the first half and reports the second', () => {
    const found = findUnits(model, { text, predicate: 'quote', top: 1000 })
    // tanh(c) puts positions in the order of c, so it is not ranked beside it.
    expect(new Set(found.scores.map((score) => score.signal))).toEqual(
      new Set(['h', 'c', 'i', 'f', 'g', 'o']),
    )
    expect(found.scores).toHaveLength(2 * 6 * 6)
    expect(found.scores.every((s) => s.auc >= 0 && s.auc <= 1 && s.f1 <= 1)).toBe(true)
    expect(found.scores[0]!.auc).toBeGreaterThan(0.6)
  })

  it.each([
    ['a property that never holds', { text: 'he said and went '.repeat(20), predicate: 'digit' }, /never/],
    ['an unknown signal', { text, predicate: 'quote', signals: ['q'] }, /signal/],
  ] as const)('refuses %s', (_, question, message) => {
    expect(() =>
      findUnits(model, {
        top: 3,
        ...question,
        signals: 'signals' in question ? [...question.signals] : undefined,
      }),
    ).toThrow(expect.objectContaining({ code: 'E_ARG', message: expect.stringMatching(message) as string }))
  })
})
