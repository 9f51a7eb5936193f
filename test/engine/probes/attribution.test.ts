// Attribution against independent readings: finite differences by changed embeddings, texts with replaced symbols, products of derivatives.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { attribute } from '../../../src-main/engine/probes/attribution/attribute.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { handMadeTanh } from './handMade.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const sentence = text.slice(0, 30)
const options = { replacements: 3, integrate: false, integrationSteps: 50 }
/** log p of the last symbol of a text. */
const logP = (of: TrainedModel, read: string) =>
  -inspectText(of, { text: read, layer: 0, signal: 'h' }).surprisal.at(-1)!

/** The model with one value of the embedding of a symbol changed. */
function nudged(symbol: string, index: number, by: number): TrainedModel {
  const { shape, data } = model.weights.get('embedding.w')!
  const next = Float64Array.from(data)
  next[model.symbols.ids.get(symbol)! * shape[1]! + index]! += by
  return { ...model, weights: new Map(model.weights).set('embedding.w', { shape, data: next }) }
}

describe('attribution', () => {
  const found = attribute(model, { ...options, text: sentence })

  it('explains log p of the last symbol, or of the symbol at a position, or of another symbol there', () => {
    expect([found.target, found.symbol, found.tokens.join('')]).toEqual([
      29,
      sentence[29],
      sentence.slice(0, 29),
    ])
    expect(found.logProbability).toBeCloseTo(logP(model, sentence), 6)
    const at = attribute(model, { ...options, text: sentence, at: 12 })
    expect(at.logProbability).toBeCloseTo(logP(model, sentence.slice(0, 13)), 6)
    const other = attribute(model, { ...options, text: sentence, at: 12, symbol: 'e' })
    expect(other.symbol).toBe('e')
    expect(other.logProbability).toBeCloseTo(logP(model, `${sentence.slice(0, 12)}e`), 6)
  })

  it('has the gradients by input vectors of finite differences', () => {
    // Symbols that occur once before the target, so that changing their embedding changes one position.
    const once = [...sentence.slice(0, 29)].flatMap((s, t, all) =>
      all.filter((o) => o === s).length === 1 ? [t] : [],
    )
    expect(once.length).toBeGreaterThan(3)
    const { shape, data } = model.weights.get('embedding.w')!
    for (const t of once.slice(0, 4)) {
      const id = model.symbols.ids.get(sentence[t]!)!
      const gradient = Array.from({ length: shape[1]! }, (_, i) => {
        const at = (by: number) => logP(nudged(sentence[t]!, i, by), sentence)
        return (at(1e-2) - at(-1e-2)) / 2e-2
      })
      expect(found.gradient[t]).toBeCloseTo(Math.hypot(...gradient), 4)
      const product = gradient.reduce((sum, g, i) => sum + g * data[id * shape[1]! + i]!, 0)
      expect(found.gradientTimesInput[t]).toBeCloseTo(product, 4)
    }
  })

  it('has the changes of log p in texts with one symbol replaced by likely ones', () => {
    const { nextIds, k, vocabulary } = inspectText(model, { text: sentence, layer: 0, signal: 'h' })
    for (const t of [1, 7, 20, 28]) {
      const likely = [...nextIds.subarray((t - 1) * k, t * k)]
        .map((id) => vocabulary[id]!)
        .filter((s) => s !== sentence[t])
      expect(found.replacements[t]!.map(({ symbol }) => symbol)).toEqual(likely.slice(0, 3))
      for (const { symbol, change } of found.replacements[t]!) {
        const replaced = sentence.slice(0, t) + symbol + sentence.slice(t + 1)
        expect(change).toBeCloseTo(logP(model, sentence) - logP(model, replaced), 5)
      }
      const changes = found.replacements[t]!.map(({ change }) => change)
      expect(found.occlusion[t]).toBeCloseTo(changes.reduce((a, b) => a + b, 0) / 3, 6)
    }
    expect(found.replacements[0]).toHaveLength(3)
  })

  it('has the Jacobian horizon of the product of derivatives', () => {
    // One unit h' = tanh(0.8 h + input), logits (2 h, 0).
    const one = handMadeTanh([[0.8]], [[0.3], [-0.5]], executor)
    one.weights.get('readout.w')!.data[0] = 2
    const { horizon, logProbability } = attribute(one, { ...options, text: 'abbabaa' })
    const inputs = [...'abbaba'].map((s) => (s === 'a' ? 0.3 : -0.5))
    let h = 0
    const states = inputs.map((x) => (h = Math.tanh(0.8 * h + x)))
    const p = 1 / (1 + Math.exp(-2 * h))
    expect(logProbability).toBeCloseTo(Math.log(p), 10)
    let gradient = 2 * (1 - p)
    expect(horizon.map(({ state }) => state)).toEqual(['0.h'])
    const { norms, slope } = horizon[0]!
    expect(norms[5]).toBeNaN()
    for (let t = 4; t >= 0; t--) {
      gradient *= 0.8 * (1 - states[t + 1]! ** 2)
      expect(norms[t]).toBeCloseTo(gradient, 6)
    }
    expect(slope).toBeLessThan(Math.log(0.8))
    expect(slope).toBeGreaterThan(Math.log(0.4))
  })

  it('has one norm per state of every layer of an LSTM', () => {
    expect(found.horizon.map(({ state }) => state)).toEqual(['0.h', '0.c', '1.h', '1.c'])
    for (const { norms, slope } of found.horizon) {
      expect(norms).toHaveLength(29)
      expect(slope).toBeLessThan(0)
    }
  })

  it('gives integrated gradients with their completeness error, and none where it is above a tenth', () => {
    const fine = attribute(model, { ...options, text: text.slice(0, 9), integrate: true }).integrated!
    const difference = logP(model, text.slice(0, 9)) - logP(zeroEmbedding(), text.slice(0, 9))
    expect(fine.difference).toBeCloseTo(difference, 5)
    expect(fine.completenessError).toBeLessThan(0.02)
    const sum = fine.values!.reduce((a, b) => a + b, 0)
    expect(Math.abs(sum / difference - 1)).toBeCloseTo(fine.completenessError, 4)
    // A unit that switches: one step along the path misses it.
    const steep = handMadeTanh([[0]], [[30], [-30]], executor)
    steep.weights.get('readout.w')!.data[0] = 5
    const coarse = attribute(steep, {
      ...options,
      text: 'aba',
      integrate: true,
      integrationSteps: 1,
    }).integrated!
    expect(coarse.completenessError).toBeGreaterThan(0.1)
    expect(coarse.values).toBeNull()
  })

  it('refuses positions outside the text, unknown symbols, long texts and runs that predict no next symbol', () => {
    expect(() => attribute(model, { ...options, text: sentence, at: 30 })).toThrow(
      /at: 30 is not a position of 1\.\.29/,
    )
    expect(() => attribute(model, { ...options, text: 'H' })).toThrow(/at: 0/)
    expect(() => attribute(model, { ...options, text: sentence, symbol: 'Ж' })).toThrow(/symbol: "Ж"/)
    expect(() => attribute(model, { ...options, text: text.repeat(3).slice(0, 1100) })).toThrow(
      /text: 1099 symbols/,
    )
    const copy = openModel(
      trained({
        task: 'memory-problem',
        data: { problem: 'copy' },
        model: { cell: 'rnn', hidden: 3 },
        train: { bptt: 'full', steps: 1 },
      } as never),
      executor,
    )
    expect(() => attribute(copy, { ...options, text: copy.vocabulary.slice(0, 3).join('') })).toThrow(
      /does not predict the next symbol/,
    )
  })
})

/** The model with an embedding of zeros. */
function zeroEmbedding(): TrainedModel {
  const { shape, data } = model.weights.get('embedding.w')!
  const zero = { shape, data: new Float64Array(data.length) }
  return { ...model, weights: new Map(model.weights).set('embedding.w', zero) }
}
