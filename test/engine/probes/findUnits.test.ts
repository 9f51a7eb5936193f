// Finding units: the one that knows a predicate is ranked first, by what it does on held-out text.
import { describe, expect, it } from 'vitest'
import { writeCheckpoint } from '../../../src-main/engine/checkpoint/write.ts'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import {
  findUnits,
  inspectText,
  openModel,
  readCheckpoint,
  type TrainedModel,
} from '../../../src-main/engine/index.ts'
import { predicateValues } from '../../../src-main/engine/probes/predicates/index.ts'
import { readText } from '../../../src-main/engine/probes/predicates/readText.ts'
import { areaUnderCurve, f1At, rankValues } from './exactSeparation.ts'
import { executor, text, bytes, model } from './trainedModel.ts'

function labelRanking(model: TrainedModel, predicate: string, top: number, signals?: string[]) {
  const found = findUnits(model, { text, predicate, top, signals })
  if (found.kind !== 'boolean') throw new Error(`${predicate} is a number`)
  return found
}

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
    const found = labelRanking(rigged(), 'space', 24, ['c', 'h'])
    expect(found.scores).toHaveLength(24)
    expect(found.scores[0]!.auc).toBe(1)
    const detector = found.scores.find((s) => s.layer === 0 && s.signal === 'c' && s.unit === 3)
    expect(detector).toMatchObject({ auc: 1, f1: 1, sign: 1 })
    expect(found.positions).toBe(text.length - Math.floor(text.length / 10))
    expect(found.positives).toBe([...text.slice(-found.positions)].filter((c) => c === ' ').length)
    expect(found.nullAuc).toBeLessThan(0.95)
  })

  it('sorts by the first half and reports the second', () => {
    const found = labelRanking(model, 'quote', 1000)
    // tanh(c) puts positions in the order of c, so it is not ranked beside it.
    expect(new Set(found.scores.map((score) => score.signal))).toEqual(
      new Set(['h', 'c', 'i', 'f', 'g', 'o']),
    )
    expect(found.scores).toHaveLength(2 * 6 * 6)
    expect(found.units).toBe(2 * 6 * 6)
    expect(found.scores.every((s) => s.auc >= 0 && s.auc <= 1 && s.f1 <= 1)).toBe(true)
    expect(found.scores[0]!.auc).toBeGreaterThan(0.6)
  })

  it('gives a unit the score that exact ranks give its values', () => {
    const { scores } = labelRanking(model, 'bracket or space', 72)
    const labels = predicateValues(
      parsePredicate('bracket or space'),
      readText({ symbols: [...text], spaces: [], words: false }),
    ).subarray(Math.floor(text.length / 10)) as Uint8Array
    for (const { layer, signal, unit, auc, sign, f1, threshold } of scores) {
      const { values, units } = inspectText(model, { text, layer, signal })
      const own = values.filter((_, i) => i % units === unit).subarray(Math.floor(text.length / 10))
      const middle = Math.floor(own.length / 2)
      const exact = areaUnderCurve(rankValues(own.subarray(middle)), labels.subarray(middle))
      expect(Math.abs(auc - (sign > 0 ? exact : 1 - exact))).toBeLessThan(2e-3)
      expect(f1).toBeCloseTo(f1At(own.subarray(middle), labels.subarray(middle), threshold, sign), 6)
    }
  })

  it('says what the symbol alone and all units together reach', () => {
    const found = labelRanking(rigged(), 'space', 24)
    expect(found.dense).toMatchObject({ layer: 0, auc: expect.closeTo(1, 3) as number })
    // Random labels per type are read from the symbol, which the rigged network does not hide.
    expect(found.controlAuc).toBeGreaterThan(0.5)
    expect(found.dense.controlAuc).toBeGreaterThan(found.controlAuc - 0.2)
    expect(found.nullAuc).toBeLessThan(found.dense.auc)
  })

  it('correlates a graded property, signed', () => {
    const graded = findUnits(model, { text, predicate: 'column', top: 5 })
    if (graded.kind !== 'number') throw new Error('not graded')
    expect(graded.scores).toHaveLength(5)
    const line = text.indexOf('\n')
    const column = Float64Array.from(text, (_, t) => (t + 1) % (line + 1)).subarray(
      Math.floor(text.length / 10),
    )
    for (const { layer, signal, unit, correlation, sign } of graded.scores) {
      const { values, units } = inspectText(model, { text, layer, signal })
      const own = values.filter((_, i) => i % units === unit).subarray(Math.floor(text.length / 10))
      const middle = Math.floor(own.length / 2)
      const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, one) => sum + one, 0) / x.length
      const [a, b] = [own.subarray(middle), column.subarray(middle)]
      const product = (x: ArrayLike<number>, y: ArrayLike<number>) =>
        Array.from(x).reduce((sum, one, t) => sum + (one - mean(x)) * (y[t]! - mean(y)), 0)
      expect(correlation).toBeCloseTo(product(a, b) / Math.sqrt(product(a, a) * product(b, b)), 3)
      expect(Math.abs(sign)).toBe(1)
    }
    expect(Math.abs(graded.dense.correlation)).toBeGreaterThan(0.3)
  })

  it('answers a second predicate on the same text as if it were the first', () => {
    findUnits(model, { text, predicate: 'space', top: 5 })
    const second = findUnits(model, { text, predicate: 'vowel', top: 5 })
    findUnits(model, { text: text + text, predicate: 'vowel', top: 5 })
    expect(findUnits(model, { text, predicate: 'vowel', top: 5 })).toEqual(second)
    expect(findUnits(openModel(bytes, executor), { text, predicate: 'vowel', top: 5 })).toEqual(second)
  })

  it.each([
    ['a property that never holds', { text: 'he said and went '.repeat(20), predicate: 'digit' }, /never/],
    ['an unknown signal', { text, predicate: 'quote', signals: ['q'] }, /signal/],
    [
      'a predicate with a fault',
      { text, predicate: 'quot' },
      /character 1: there is no property "quot"; did you mean quote/,
    ],
    [
      'a span in the symbols left out',
      { text, predicate: 'span(3, 9)' },
      /the first \d+ symbols only, which are left out/,
    ],
    ['labels of a text without any', { text, predicate: 'line_label("good")' }, /no labelled lines/],
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
