// Units that know the class of a line: features and scores beside plain loops, the sparse regression beside its optimality conditions, and a network
// whose unit is known.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/engine/config.ts'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { chooseExecutor, inspectText, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { encodeTyped } from '../../../src-main/engine/generation/sample.ts'
import { mostUsed } from '../../../src-main/contract/analyses.ts'
import { interventionEffects } from '../../../src-main/engine/probes/effect.ts'
import { quantile } from '../../../src-main/engine/probes/levels.ts'
import { classesOfLines } from '../../../src-main/engine/probes/lineClasses/index.ts'
import { featuresOfLines } from '../../../src-main/engine/probes/lineClasses/features.ts'
import { accuracyOf, areaOf, bestThreshold } from '../../../src-main/engine/probes/lineClasses/oneUnit.ts'
import { fitSparse, scoresOf } from '../../../src-main/engine/probes/lineClasses/sparseProbe.ts'
import { validationLines } from '../../../src-main/engine/tasks/index.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'

const random = () => randomStream({ seed: [7, 7], step: 0 }, 1)

describe('one number per line', () => {
  const draw = random()
  const cases = Array.from({ length: 50 }, () => ({
    values: Float64Array.from({ length: 12 }, () => draw.below(6)),
    of: Uint8Array.from({ length: 12 }, (_, i) => (i < 2 ? i : draw.below(2))),
  }))

  it('has the area of counting all pairs', () => {
    for (const { values, of } of cases) {
      let [wins, pairs] = [0, 0]
      values.forEach((a, i) =>
        values.forEach((b, j) => {
          if (!of[i] || of[j]) return
          pairs++
          wins += a > b ? 1 : a === b ? 0.5 : 0
        }),
      )
      expect(areaOf({ values, of })).toBeCloseTo(wins / pairs, 12)
    }
  })

  it('is cut at the threshold that is best of all', () => {
    for (const one of cases)
      for (const sign of [1, -1] as const) {
        const all = [-Infinity, 0.5, 1.5, 2.5, 3.5, 4.5, Infinity].map((threshold) =>
          accuracyOf(one, { sign, threshold }),
        )
        const threshold = bestThreshold(one, sign)
        expect(accuracyOf(one, { sign, threshold })).toBe(Math.max(...all))
      }
  })
})

describe('the sparse regression', () => {
  const draw = random()
  const units = 6
  const lines = 200
  const x = Float64Array.from({ length: lines * units }, () => draw.normal())
  const of = Uint8Array.from({ length: lines }, (_, i) =>
    2 * x[i * units + 2]! - x[i * units + 4]! + 0.5 * draw.normal() > 0.3 ? 1 : 0,
  )

  it.each([2 ** -6, 2 ** -3, 1])('is at its minimum for C = %f', (c) => {
    const probe = fitSparse({ x, units }, of, c)
    const slopes = scoresOf({ x, units }, probe).map((score, i) => 1 / (1 + Math.exp(-score)) - of[i]!)
    const penalty = 1 / c
    expect(Math.abs(slopes.reduce((sum, slope) => sum + slope, 0))).toBeLessThan(0.05)
    for (let u = 0; u < units; u++) {
      const gradient = slopes.reduce((sum, slope, i) => sum + slope * x[i * units + u]!, 0)
      const w = probe.weights[u]!
      // A weight of 0 has a gradient within the penalty; another balances it.
      if (w === 0) expect(Math.abs(gradient)).toBeLessThanOrEqual(penalty + 0.05)
      else expect(gradient).toBeCloseTo(-Math.sign(w) * penalty, 0)
    }
  })

  it('has fewer weights the smaller C is, and keeps the units that decide', () => {
    const counts = [2 ** -6, 2 ** -3, 1].map((c) =>
      fitSparse({ x, units }, of, c).weights.filter((w) => w !== 0),
    )
    expect(counts.map(({ length }) => length)).toEqual(
      [...counts.map(({ length }) => length)].sort((a, b) => a - b),
    )
    const { weights } = fitSparse({ x, units }, of, 2 ** -4)
    expect(weights[2]).toBeGreaterThan(0)
    expect(weights[4]).toBeLessThan(0)
  })
})

/** Lines of one of two openings and letters that say nothing: the class must be remembered to the end. */
function openings(lines: number): string {
  const draw = random()
  const letters = (count: number) => Array.from({ length: count }, () => 'abc'[draw.below(3)]).join('')
  return Array.from({ length: lines }, () => {
    const good = draw.below(2) === 1
    return `${good ? 'good' : 'bad'}\t${good ? '+' : '-'}${letters(3 + draw.below(6))}${good ? 'yes' : 'no'}\n`
  }).join('')
}

describe('a language model on labelled lines without their labels', () => {
  const text = openings(1500)
  const { executor } = chooseExecutor('native', 1)
  const config = parseConfig({
    task: 'language-model',
    data: { dataset: 'x', labels: 'drop', validation: 0.2 },
    model: { cell: 'lstm', hidden: 12, input: 'onehot' },
    train: { window: 32, batch: 8, steps: 400 },
    optimizer: { name: 'adam', lr: 0.02 },
    logging: { sampleEvery: 0 },
    seed: 3,
  }) as RunConfig
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) if (event.kind === 'diverged') throw new Error('diverged')
  const model = openModel(training.checkpoint(), executor)
  const lines = validationLines(text, config, 3000)!

  it('has features that plain loops over each line give', () => {
    const ids = lines
      .slice(0, 40)
      .map(({ source }) => encodeTyped(source.symbols.join(''), model.symbols, 'text').ids)
    const [features] = featuresOfLines(model, ids, 'c')
    lines.slice(0, 40).forEach(({ source }, line) => {
      const { values, units } = inspectText(model, { text: source.symbols.join(''), layer: 0, signal: 'c' })
      for (let unit = 0; unit < units; unit++) {
        const over = source.symbols.map((_, t) => values[t * units + unit]!)
        const at = line * units + unit
        expect(features!.mean[at]).toBeCloseTo(over.reduce((sum, value) => sum + value, 0) / over.length, 4)
        expect(features!.last[at]).toBeCloseTo(over.at(-1)!, 4)
        expect(features!.max[at]).toBeCloseTo(Math.max(...over), 4)
        expect(features!.min[at]).toBeCloseTo(Math.min(...over), 4)
      }
    })
  })

  it('knows the class in one unit, without having seen a label', () => {
    const found = classesOfLines(model, { text: '', lines: () => lines, top: 5 })
    expect(found).toMatchObject({ label: 'good', signal: 'c', step: 400 })
    expect(found.labels.map(({ label }) => label)).toEqual(['bad', 'good'])
    expect(found.units).toHaveLength(5)
    expect(found.units[0]!.accuracy).toBeGreaterThan(0.97)
    expect(found.units[0]!.auc).toBeGreaterThan(0.97)
    expect(found.majority).toBeLessThan(0.6)
    expect(found.probe.accuracy).toBeGreaterThan(0.97)
    expect(found.probe.nonZero).toBeLessThanOrEqual(12)
    const { rest, ofClass } = found.histogram
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)
    expect([sum(rest), sum(ofClass)]).toEqual(found.labels.map((one) => one.lines))
  })

  it('tells what it costs each class to hold a unit as in the other, as interventions on its lines do', () => {
    const found = classesOfLines(model, { text: '', lines: () => lines, top: 12 })
    const [good, bad] = ['good', 'bad'].map((label) =>
      lines.flatMap((line) => (line.label === label ? [...line.source.symbols, '\n'] : [])).join(''),
    ) as [string, string]
    const read = (given: string) => inspectText(model, { text: given, layer: 0, signal: 'c' }).values
    const values = [...read(good), ...read(bad)]
    for (const { unit, sign, wrongHold } of found.units) {
      const sorted = values.filter((_, i) => i % 12 === unit).sort((a, b) => a - b)
      const levels = [quantile(sorted, 0.95), quantile(sorted, 0.05)]
      const [asGood, asBad] = sign > 0 ? levels : levels.toReversed()
      const variants = [asGood, asBad].map((level) => [`L1.c[${unit}]=set(${level})`])
      const [ofGood, ofBad] = [good, bad].map((given) =>
        interventionEffects(model, { text: given, variants }).effects.map(({ all }) => all),
      ) as [number[], number[]]
      expect(wrongHold!.ofClass).toBeCloseTo(ofGood[1]! - ofGood[0]!, 4)
      expect(wrongHold!.rest).toBeCloseTo(ofBad[0]! - ofBad[1]!, 4)
    }
  })

  it('chooses the unit to hold by the side that needs it less', () => {
    const unit = classesOfLines(model, { text: '', lines: () => lines, top: 1 }).units[0]!
    const held = (ofClass: number, rest: number, error = 0.001) => ({
      ...unit,
      wrongHold: { ofClass, rest, ofClassError: error, restError: error },
    })
    const [oneWay, bothWays] = [held(0.4, -0.1), held(0.03, 0.02)]
    expect(mostUsed([{ ...unit, wrongHold: null }, oneWay, bothWays])).toBe(bothWays)
    expect(mostUsed([oneWay, held(0, 0), held(0.0005, 0.0006, 1e-6), held(0.03, 0.02, 0.01)])).toBeUndefined()
  })

  it('is asked for the other class with the other sign', () => {
    const [good, bad] = ['good', 'bad'].map((label) =>
      classesOfLines(model, { text: '', lines: () => lines, label, top: 1 }),
    )
    const { sign, ...unit } = good!.units[0]!
    expect(bad!.units[0]).toMatchObject({ unit: unit.unit, sign: -sign, accuracy: unit.accuracy })
  })

  it('reads typed lines, and refuses lines without labels, an unknown label and one class', () => {
    const typed = text.split('\n').slice(0, 60).join('\n')
    expect(classesOfLines(model, { text: typed, top: 1 }).counted).toBe(30)
    // Lines of two classes in turns have both in each half.
    const [good, bad] = ['good', 'bad'].map((label) =>
      typed.split('\n').filter((line) => line.startsWith(label)),
    )
    const inTurns = good!.slice(0, 20).flatMap((line, i) => [line, bad![i]!])
    expect(classesOfLines(model, { text: inTurns.join('\n'), top: 1 })).toMatchObject({
      counted: 20,
      majority: 0.5,
    })
    const refusal = (given: string, label?: string) => () =>
      classesOfLines(model, { text: given, label, top: 1 })
    expect(refusal('+abc\n-abc')).toThrow(
      'text: no line has a label. Type lines of a label, a tab and a text',
    )
    expect(refusal(typed.split('\n').slice(0, 3).join('\n'))).toThrow(
      'text: 3 lines have a label, 8 are needed',
    )
    expect(refusal(typed, 'god')).toThrow('label: no line has "god"; did you mean "good"?')
    expect(refusal('good\t+abcyes\n'.repeat(10))).toThrow('too few or all have "good"')
  })
})
