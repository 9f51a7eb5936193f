// Samples follow their settings and the probabilities that a grid sees.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel, sampleText } from '../../../src-main/engine/index.ts'
import { draw, largestFirst, probabilities } from '../../../src-main/engine/generation/sample.ts'
import { executor, trained, model } from './trainedModel.ts'

describe('sampling', () => {
  const options = { prime: 'He ', length: 60, temperature: 1, topK: 0, topP: 1, seed: 8 }
  const write = (given: Partial<typeof options> = {}) => [...sampleText(model, { ...options, ...given })]
  const textOf = (given: Partial<typeof options> = {}) =>
    write(given)
      .map((t) => t.text)
      .join('')

  it('is the same for the same seed, longer only at the end, and another for another', () => {
    expect(textOf()).toBe(textOf())
    expect(textOf({ length: 90 }).startsWith(textOf())).toBe(true)
    expect(textOf({ seed: 9 })).not.toBe(textOf())
    expect(textOf({ prime: '' })).toHaveLength(60)
  })

  it('with temperature 0, or the likeliest symbol only, takes what it shows as likeliest', () => {
    const tokens = write({ temperature: 0 })
    for (const token of tokens) expect(token.text).toBe(token.alternatives[0]!.text)
    expect(textOf({ topK: 1 })).toBe(textOf({ temperature: 0 }))
    expect(textOf({ topP: 1e-9 })).toBe(textOf({ temperature: 0 }))
  })

  it('gives the probability that a grid sees for the same text', () => {
    const tokens = write({ length: 20 })
    const whole = `He ${tokens.map((t) => t.text).join('')}`
    const { surprisal } = inspectText(model, { text: whole, layer: 0, signal: 'h' })
    tokens.forEach((token, i) => expect(-Math.log(token.probability)).toBeCloseTo(surprisal[i + 3]!, 4))
  })

  it('refuses a prime with symbols it has never seen, naming them, and models that write no text', () => {
    expect(() => write({ prime: 'He Ж' })).toThrow(
      expect.objectContaining({ code: 'E_ARG', message: expect.stringContaining('"Ж"') as string }),
    )
    const addition = trained({
      data: { kind: 'addition', bits: 3 },
      model: { cell: 'elman', hidden: 3 },
      train: { bptt: 'full', batch: 1, steps: 2 },
      logging: { sampleEvery: 0 },
    })
    const adder = openModel(addition, executor)
    expect(() => [...sampleText(adder, options)]).toThrow(expect.objectContaining({ code: 'E_ARG' }))
    expect(() => inspectText(adder, { text: '1', layer: 0, signal: 'h' })).toThrow(
      expect.objectContaining({ code: 'E_ARG' }),
    )
  })

  it('draws by probability: shares of many draws, within top-k and top-p', () => {
    const logits = [2, 1, 0, -1, -8]
    const shares = (given: object) => {
      const counts = new Float64Array(5)
      for (let i = 0; i < 10_000; i++)
        counts[draw(logits, { temperature: 1, topK: 0, topP: 1, ...given }, (i + 0.5) / 10_000)]!++
      return counts.map((n) => n / 10_000)
    }
    const p = probabilities(logits, 1)
    shares({}).forEach((share, i) => expect(share).toBeCloseTo(p[i]!, 3))
    probabilities(logits, 2).forEach((share, i) =>
      expect(shares({ temperature: 2 })[i]).toBeCloseTo(share, 3),
    )
    expect([...shares({ topK: 2 })].map((v) => +v.toFixed(3))).toEqual([0.731, 0.269, 0, 0, 0])
    // 0.644 alone is short of 0.7; with 0.237 it is enough.
    expect(shares({ topP: 0.7 }).map((v) => Math.ceil(v))).toEqual(Float64Array.from([1, 1, 0, 0, 0]))
    expect(shares({ topP: 0.6 })[0]).toBe(1)
    expect(largestFirst([1, 3, 3, 2], 3)).toEqual([1, 2, 3])
    expect(draw([0, 5], { temperature: 1, topK: 0, topP: 1 }, 0.99, 1)).toBe(0)
  })

  it('never writes the unknown word', () => {
    const words = trained({ data: { kind: 'text', unit: 'word', vocabulary: 6 } })
    const opened = openModel(words, executor)
    expect(opened.vocabulary).toContain('<unk>')
    const tokens = [...sampleText(opened, { ...options, prime: 'He said something strange' })]
    expect(tokens.map((t) => t.text).join('')).not.toContain('<unk>')
  })
})
