// Heatmaps hold what the network computes.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { robustBound } from '../../../src-main/engine/probes/signals.ts'
import { executor, text, trained, model } from './trainedModel.ts'

describe('a grid', () => {
  it('holds the same values however the text is cut, and c, tanh c, o and h fit each other', () => {
    const long = text.slice(0, 300)
    const read = (signal: string, of = long) => inspectText(model, { text: of, layer: 1, signal }).values
    expect(read('h', long.slice(0, 77))).toEqual(read('h').slice(0, 77 * 6))
    const [c, tanhC, o, h] = ['c', 'tanh_c', 'o', 'h'].map((s) => read(s)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    for (let i = 0; i < c.length; i++) {
      expect(tanhC[i]).toBeCloseTo(Math.tanh(c[i]!), 6)
      expect(h[i]).toBeCloseTo(o[i]! * tanhC[i]!, 6)
    }
  })

  it('has the surprisal of each symbol and the likeliest next ones, which fit each other', () => {
    const grid = inspectText(model, { text: text.slice(0, 200), layer: 0, signal: 'i' })
    expect(grid).toMatchObject({ k: 5, units: 6, lo: 0, hi: 1, step: 30 })
    expect(grid.surprisal[0]).toBeNaN()
    for (let t = 0; t + 1 < 200; t++) {
      const next = grid.nextIds.slice(t * 5, t * 5 + 5)
      const p = grid.nextProbabilities.slice(t * 5, t * 5 + 5)
      expect([...p]).toEqual([...p].sort((a, b) => b - a))
      const rankOf = next.indexOf(grid.vocabulary.indexOf(grid.tokens[t + 1]!))
      if (rankOf >= 0) expect(grid.surprisal[t + 1]).toBeCloseTo(-Math.log(p[rankOf]!), 4)
      else expect(grid.surprisal[t + 1]).toBeGreaterThan(-Math.log(p[4]!) - 1e-6)
    }
  })

  it('scales a free signal around zero at a robust bound', () => {
    const grid = inspectText(model, { text, layer: 0, signal: 'c' })
    const beyond = grid.values.filter((v) => Math.abs(v) > grid.hi).length / grid.values.length
    expect(grid.lo).toBe(-grid.hi)
    expect(beyond).toBeLessThanOrEqual(0.005)
    expect(beyond).toBeGreaterThan(0)
  })

  it('scales by the whole text of the run, whichever part is shown', () => {
    let readings = 0
    const corpus = () => {
      readings++
      return { text }
    }
    const whole = inspectText(model, { text, layer: 0, signal: 'c' })
    const parts = [0, 200, 400].map((from) =>
      inspectText(model, { text: text.slice(from, from + 50), layer: 0, signal: 'c', corpus }),
    )
    for (const { lo, hi } of parts) expect([lo, hi]).toEqual([whole.lo, whole.hi])
    expect(readings).toBe(1)
    expect(inspectText(model, { text: text.slice(0, 50), layer: 0, signal: 'f', corpus })).toMatchObject({
      lo: 0,
      hi: 1,
    })
    const own = inspectText(model, { text: text.slice(0, 50), layer: 0, signal: 'c' })
    expect(own.hi).not.toBe(whole.hi)
  })

  it('takes the bound that sorting gives', () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * 7.1) * 10 ** ((i % 9) - 4))
    const sorted = values.map(Math.abs).sort()
    expect(robustBound(values)).toBe(sorted[Math.floor(5000 * 0.995)])
    expect(robustBound(new Float32Array(10))).toBe(1e-6)
  })

  it('scales by the finite values of a run that diverged', () => {
    expect(robustBound(Float32Array.of(1, -3, NaN, Infinity, -Infinity))).toBe(3)
    expect(robustBound(Float32Array.of(NaN, Infinity))).toBeNaN()
  })

  it('works on series, without guesses', () => {
    const series = trained({
      data: { kind: 'series', series: 1 },
      model: { cell: 'elman', hidden: 3, input: 'onehot' },
      train: { bptt: 'full', batch: 1, steps: 2 },
      logging: { sampleEvery: 0 },
    })
    const grid = inspectText(openModel(series, executor), { text: '123432', layer: 0, signal: 'h' })
    expect(grid).toMatchObject({ k: 0, units: 3, vocabulary: ['1', '2', '3', '4'] })
    expect(grid.surprisal.every(Number.isNaN)).toBe(true)
  })

  it.each([
    ['an unknown signal', { signal: 'tanh_d' }, /did you mean tanh_c/],
    ['a layer that is not there', { layer: 2 }, /not one of 0\.\.1/],
    ['symbols the model has never seen', { text: 'go € now ¥' }, /"€", "¥"/],
  ])('refuses %s', (_, look, message) => {
    expect(() => inspectText(model, { text: 'He said', layer: 0, signal: 'h', ...look })).toThrow(
      expect.objectContaining({ code: 'E_ARG', message: expect.stringMatching(message) as string }),
    )
  })
})
