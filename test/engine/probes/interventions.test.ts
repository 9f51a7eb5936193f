// Interventions on a trained model: effects on the loss equal those of a text read alone, samples follow them, twins share random numbers.
import { describe, expect, it } from 'vitest'
import { inspectText, sampleText } from '../../../src-main/engine/index.ts'
import { causalCard } from '../../../src-main/engine/probes/causalCard.ts'
import { ablationEffects, interventionEffects } from '../../../src-main/engine/probes/effect.ts'
import { patchUnits, positionsBetween } from '../../../src-main/engine/probes/patching.ts'
import { generatedRates } from '../../../src-main/engine/probes/rates.ts'
import { quantile } from '../../../src-main/engine/probes/levels.ts'
import { model, text } from './trainedModel.ts'

const effects = (variants: string[][], predicate?: string, given = text) =>
  interventionEffects(model, { text: given, variants, predicate })
const meanSurprisal = (given: string) => {
  const { surprisal } = inspectText(model, { text: given, layer: 0, signal: 'h' })
  return surprisal.subarray(1).reduce((a, b) => a + b, 0) / (surprisal.length - 1)
}

describe('effects', () => {
  it('tell the loss of the text as it is, and no difference for what changes nothing', () => {
    const found = effects([['L1.c[0]=add(0)'], ['L1.c[0]=scale(1)', 'L2.h[1]=add(0)']])
    expect(found.loss).toBeCloseTo(meanSurprisal(text), 6)
    for (const { all, classes } of found.effects) {
      expect(all).toBeCloseTo(0, 10)
      for (const one of classes) expect(one).toBeCloseTo(0, 10)
    }
  })

  it('add up over the classes, which hold every predicted symbol once, split by the predicate before it', () => {
    const found = effects([['L1.c[*]=set(0)'], ['L2.h[*]=flip']], 'quote')
    expect(found.classes.reduce((n, { count }) => n + count, 0)).toBe(text.length - 1)
    for (const { all, classes } of found.effects) {
      expect(Math.abs(all)).toBeGreaterThan(0.01)
      const sum = classes.reduce((a, delta, i) => a + delta * found.classes[i]!.count, 0)
      expect(sum / (text.length - 1)).toBeCloseTo(all, 8)
    }
    const marks = found.classes.filter(({ name }) => name === '"')
    // Quotes that close stand where the predicate held, quotes that open where it did not.
    expect(marks.map(({ held }) => held)).toEqual([false, true])
    expect(marks[0]!.count).toBe(marks[1]!.count)
  })

  it('of parts read side by side are those of one reading, up to the warm-up', () => {
    const long = text.repeat(5)
    const [one] = effects([['L1.c[2]=set(q90)']], undefined, long).effects
    const many = effects(
      Array.from({ length: 60 }, () => ['L1.c[2]=set(q90)']),
      undefined,
      long,
    ).effects
    for (const { all } of many) expect(all).toBeCloseTo(one!.all, 3)
  })

  it('of a change where a predicate holds leave all symbols before it alone', () => {
    const at = text.indexOf('(') + 1
    const found = effects(
      [[`L2.h[*]=set(3) from ${at}`], [`L2.h[*]=set(3) at ${at}`]],
      undefined,
      text.slice(0, at + 1),
    )
    // The last symbol is predicted by the position before `from`.
    for (const { all } of found.effects) expect(all).toBeCloseTo(0, 10)
    const later = effects([[`L2.h[*]=set(3) at ${at}`]], undefined, text.slice(0, at + 2))
    expect(Math.abs(later.effects[0]!.all)).toBeGreaterThan(1e-3)
  })

  it('of every unit by itself are those of the single interventions', () => {
    const all = ablationEffects(model, { text, layer: 1, signal: 'h', operation: 'set(mean)' })
    expect(all.effects).toHaveLength(6)
    const single = effects([['L2.h[4]=set(mean)']])
    expect(all.effects[4]!.interventions).toEqual(['L2.h[4]=set(mean)'])
    expect(all.effects[4]!.all).toBeCloseTo(single.effects[0]!.all, 3)
  })

  it.each([
    ['L9.c[0]=flip', /no layer 9/],
    ['L1.q[0]=flip', /signal/],
    ['L1.c[6]=flip', /no unit 6; its units are 0 to 5/],
    ['L1.c[0]=flip where nonsense(', /nonsense/],
    ['L1.c[0]=set(mean(digit and not digit))', /nowhere/],
  ])('refuse %s', (intervention, message) => {
    expect(() => effects([[intervention]])).toThrow(
      expect.objectContaining({ code: 'E_ARG', message: expect.stringMatching(message) as string }),
    )
  })
})

describe('the causal card', () => {
  it('tells the operations on the unit beside the median of all units', () => {
    const asked = { text, layer: 0, signal: 'c', unit: 2, predicate: 'quote' }
    const card = causalCard(model, asked)
    expect(card.operations).toEqual([
      'set(0)', 'resample', 'set(mean)', 'set(median(not (quote)))', 'set(median(quote))',
    ]) // prettier-ignore
    const own = effects([['L1.c[2]=set(0)'], ['L1.c[2]=set(median(quote))']], 'quote')
    expect(card.effect.effects[0]!.all).toBeCloseTo(own.effects[0]!.all, 3)
    expect(card.effect.effects[4]!.all).toBeCloseTo(own.effects[1]!.all, 3)
    const [zero, mean] = ['set(0)', 'set(mean)'].map(
      (operation) => ablationEffects(model, { ...asked, operation }).effects,
    )
    const middle = (sizes: number[]) => sizes.map(Math.abs).sort((a, b) => a - b)[3]!
    const both = [zero!, mean!].map((all) => middle(all.map((one) => one.classes[0]!)))
    expect(card.medians.classes[0]).toBeCloseTo(Math.max(...both), 10)
    expect(card.largerShare).toBe(
      mean!.filter(({ all }) => Math.abs(all) > Math.abs(card.effect.effects[2]!.all)).length / 6,
    )
    for (const { index, operations, delta } of card.used) {
      expect(operations.length).toBeGreaterThanOrEqual(2)
      expect(delta).toBeGreaterThan(5 * card.medians.classes[index]!)
    }
  })
})

describe('patching', () => {
  const clean = 'He said "go now"'
  const corrupted = clean.replace('"', ' ')
  const at = clean.indexOf('"') + 2
  const patch = (more: object = {}) =>
    patchUnits(model, { clean, corrupted, layer: 1, signal: 'c', at: [at], ...more })

  it('recovers what reading with that one unit set recovers', () => {
    const found = patch()
    const logP = (text: string) => -inspectText(model, { text, layer: 0, signal: 'h' }).surprisal.at(-1)!
    expect(found.clean).toBeCloseTo(logP(clean), 5)
    expect(found.corrupted).toBeCloseTo(logP(corrupted), 5)
    // Patched at the last step before it, a unit changes the last symbol alone.
    const last = clean.length - 2
    const values = inspectText(model, { text: clean, layer: 1, signal: 'c' }).values
    const set = `L2.c[3]=set(${values[last * 6 + 3]}) at ${last}`
    const change = -effects([[set]], undefined, corrupted).effects[0]!.all * (corrupted.length - 1)
    const { recovery } = patch({ at: [at, last] })
    expect(recovery).toHaveLength(12)
    expect(recovery[6 + 3]).toBeCloseTo(change / (found.clean - found.corrupted), 6)
  })

  it('takes all positions from the first difference to before the last symbol, at most 64, if none is given', () => {
    const { at, tokens, recovery } = patch({ at: undefined })
    expect(at).toEqual([8, 9, 10, 11, 12, 13, 14])
    expect([tokens.clean.join(''), tokens.corrupted.join('')]).toEqual([clean, corrupted])
    expect(recovery).toHaveLength(7 * 6)
    const long = positionsBetween([...Array(300).keys()], [0, 1, -1, ...Array(297).keys()])
    expect([long.length, long[0], long.at(-1)]).toEqual([64, 2, 298])
  })

  it('of a text with itself as the clean one has no gap, and of the last step before the end the most to say', () => {
    const late = patch({ at: [clean.length - 2], signal: 'h' }).recovery
    const early = patch({ at: [0], signal: 'h' }).recovery
    // Before the texts differ both have the same values.
    for (const value of early) expect(value).toBeCloseTo(0, 8)
    expect(late.some((value) => Math.abs(value) > 1e-3)).toBe(true)
  })

  it.each([
    [{ corrupted: 'He' }, /equally long/],
    [{ corrupted: `${clean.slice(0, -1)}!`.replace('!', '.') }, /last symbols differ/],
    [{ at: [clean.length - 1] }, /not before the last symbol/],
    [{ corrupted: clean, at: undefined }, /it is the clean text/],
  ])('refuses %j', (more, message) => {
    expect(() => patch(more)).toThrow(message)
  })
})

describe('samples', () => {
  const options = { prime: 'He ', length: 60, temperature: 1, topK: 0, topP: 1, seed: 8 }
  const write = (interventions: string[], more: object = {}) =>
    [...sampleText(model, { ...options, interventions, levelsText: text, ...more })]
      .map((t) => t.text)
      .join('')
  const plain = [...sampleText(model, options)].map((t) => t.text).join('')

  it('are the same with what changes nothing, and others with what does', () => {
    expect(write(['L1.c[0]=add(0)'])).toBe(plain)
    expect(write(['L2.h[*]=set(q99)'])).not.toBe(plain)
    expect(write(['L2.h[*]=set(q99)'])).toBe(write(['L2.h[*]=set(q99)']))
  })

  it('differ from symbol `from` on, the prompt counted', () => {
    const changed = write(['L2.h[*]=flip from 30'])
    const shared = 30 - options.prime.length + 1
    expect(changed.slice(0, shared)).toBe(plain.slice(0, shared))
    expect(changed).not.toBe(plain)
  })

  it('hold a unit while a predicate holds', () => {
    const changed = write(['L2.h[*]=flip where digit'])
    const first = plain.search(/\d/)
    expect(first).toBeGreaterThan(0)
    expect(changed.slice(0, first + 1)).toBe(plain.slice(0, first + 1))
    expect(changed).not.toBe(plain)
    expect(write(['L2.h[*]=set(q1) where space'])).not.toBe(plain)
  })

  it('need a text for quantiles', () => {
    expect(() => write(['L1.c[0]=set(q50)'], { levelsText: undefined })).toThrow(/need a text/)
  })
})

describe('rates', () => {
  const rates = (variants: string[][], more: object = {}) =>
    generatedRates(model, {
      text,
      variants,
      predicate: 'space',
      prime: 'He ',
      generate: 40,
      samples: 8,
      temperature: 1,
      seed: 3,
      ...more,
    })

  it('count the predicate over generated symbols, equal where nothing is changed', () => {
    const [plain, same, other] = rates([['L1.c[0]=add(0)'], ['L2.h[*]=set(q99)']]).variants
    expect(same!.rate).toBe(plain!.rate)
    expect(same!.example).toBe(plain!.example)
    expect(other!.example).not.toBe(plain!.example)
    expect(plain!.low).toBeLessThanOrEqual(plain!.rate)
    expect(plain!.high).toBeGreaterThanOrEqual(plain!.rate)
    expect(plain!.example).toHaveLength(40)
  })

  it('of one sample are those of its text, also among other symbols only', () => {
    const { rate, example, loss } = rates([], { samples: 1 }).variants[0]!
    expect(loss).toBeCloseTo(meanSurprisal(`He ${example}`), 5)
    expect(rate).toBeCloseTo([...example].filter((c) => c === ' ').length / 40, 12)
    const among = rates([], { samples: 1, among: 'space' }).variants[0]!
    expect(among.rate).toBe(1)
  })

  it('refuse too many columns', () => {
    expect(() => rates([['L1.c[0]=flip']], { samples: 1025 })).toThrow(/at most 2048/)
  })
})

it('quantiles are interpolated between neighbours', () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([1, 2, 4, 8, 16], p))).toEqual([1, 2, 4, 12.8, 16])
})
