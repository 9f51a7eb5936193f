// Losses against their formulas, and their gradients against finite differences.
import { describe, expect, it } from 'vitest'
import { crossEntropy, gather, input, reshape } from '../../src-main/engine/graph/ops.ts'
import {
  binaryCrossEntropy,
  halfSquares,
  meanCrossEntropy,
  weightedMean,
} from '../../src-main/engine/nn/losses.ts'
import { checkGraph, runCompiled, values } from './check.ts'

const z = input('z', [3, 4])
const y = input('y', [3, 4])
const ids = input('ids', [3])
const logits = values([3, 4], 2)
const targets = Float64Array.from({ length: 12 }, (_, i) => ((i * 5) % 3 === 0 ? 1 : i / 12))
const s = (v: number) => 1 / (1 + Math.exp(-v))
const sum = (terms: ArrayLike<number>) => Array.from(terms).reduce((a, b) => a + b, 0)

describe('losses', () => {
  it('cross-entropy is the mean of -log of the probability of the right symbol', () => {
    const rows = [2, 0, 3].map((id, r) => {
      const row = logits.slice(4 * r, 4 * r + 4)
      return Math.log(sum(row.map(Math.exp))) - row[id]!
    })
    expect(
      runCompiled({ loss: meanCrossEntropy(z, ids) }, { z: logits, ids: [2, 0, 3] }).loss![0],
    ).toBeCloseTo(sum(rows) / 3, 12)
    checkGraph(meanCrossEntropy(z, ids), [z], { z: logits, ids: [2, 0, 3] })
  })

  it('cross-entropy with label weights is their weighted mean, as PyTorch has it; ids below 0 are ignored', () => {
    const labels = Float64Array.of(0.5, 2, 1, 4)
    const w = reshape(gather(input('labels', [4, 1]), ids), [3])
    const loss = weightedMean(crossEntropy(z, ids), w)
    const expected = (list: number[]) => {
      const given = list
        .map((id, r) => ({ id, row: logits.slice(4 * r, 4 * r + 4) }))
        .filter(({ id }) => id >= 0)
      const cost = given.map(({ id, row }) => labels[id]! * (Math.log(sum(row.map(Math.exp))) - row[id]!))
      return sum(cost) / sum(given.map(({ id }) => labels[id]!))
    }
    for (const list of [
      [2, 0, 3],
      [1, -1, 1],
      [-1, -1, 3],
    ]) {
      const feeds = { z: logits, ids: Float64Array.from(list), labels }
      expect(runCompiled({ loss }, feeds).loss![0]).toBeCloseTo(expected(list), 12)
      checkGraph(loss, [z], feeds)
    }
    // Nothing to learn from: no loss, no gradient, no NaN.
    const none = { z: logits, ids: Float64Array.of(-1, -1, -1), labels }
    expect(runCompiled({ loss }, none).loss![0]).toBe(0)
    checkGraph(loss, [z], none)
  })

  it('half the sum of squares is between the squashed outputs and the targets', () => {
    const expected = sum(logits.map((v, i) => (s(v) - targets[i]!) ** 2 / 2))
    expect(runCompiled({ loss: halfSquares(z, y) }, { z: logits, y: targets }).loss![0]).toBeCloseTo(
      expected,
      12,
    )
    checkGraph(halfSquares(z, y), [z], { z: logits, y: targets })
  })

  it('binary cross-entropy is -y log p - (1 - y) log(1 - p), also far from zero', () => {
    const expected =
      sum(logits.map((v, i) => -targets[i]! * Math.log(s(v)) - (1 - targets[i]!) * Math.log(1 - s(v)))) / 12
    expect(runCompiled({ loss: binaryCrossEntropy(z, y) }, { z: logits, y: targets }).loss![0]).toBeCloseTo(
      expected,
      12,
    )
    checkGraph(binaryCrossEntropy(z, y), [z], { z: logits, y: targets })
    const far = runCompiled(
      { loss: binaryCrossEntropy(z, y) },
      { z: new Float64Array(12).fill(800), y: new Float64Array(12) },
    )
    expect(far.loss![0]).toBe(800)
  })
})
