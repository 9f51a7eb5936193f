// Two-tone reviews: the sentiment neuron on a text of which everything is known. One unit must hold the tone of the review, and generated text must
// follow it: clamped high and low, it makes more and fewer good words, and units that only know the tone make no difference.
import { mostUsed, type ClassUnit } from '../../src-main/contract/analyses.ts'
import { badWords, goodWords, reviewsOf, twoToneText } from '../../src-main/engine/data/twoTone.ts'
import { classesOfLines } from '../../src-main/engine/probes/lineClasses/index.ts'
import { generatedRates } from '../../src-main/engine/probes/rates.ts'
import { catalog, type TrainedModel } from '../../src-main/engine/index.ts'
import { median, type Bed, type Check } from './bed.ts'
import { bestUnit } from './bestUnit.ts'

const samples = 384
const generated = 500

/** Holds once at each of the words, at its first letter. */
const anyOf = (words: readonly string[]): string =>
  `regex(${JSON.stringify(`\\b(?:${words.join('|')})\\b`)}) and word_position = 1`

export const twoTone: Bed = {
  name: 'two-tone',
  about:
    'Reviews without labels, good or bad: 35 % of their words say which, one in ten of those says the contrary.',
  measure(train) {
    const { config, promises } = catalog().presets.find(({ id }) => id === 'sentiment-neuron')!
    const text = twoToneText()
    const { model, last } = train(config, text)
    const promised = promises.map(({ metric, find, atLeast, atMost }) => ({
      name: find ? `unit of ${find.signal} found by the label: ${metric}` : metric,
      measured: find ? bestUnit(model, text, find.predicate).auc : last[metric]!,
      must: { ...(atLeast !== undefined && { atLeast }), ...(atMost !== undefined && { atMost }) },
    }))
    const reviews = reviewsOf(400_000, 1)
    const labelled = reviews.map((review) => `${review.good ? 'good' : 'bad'}\t${review.text}\n`).join('')
    const { units, probe } = classesOfLines(model, { text: labelled, top: Infinity })
    const [best, used, controls] = [units[0]!, mostUsed(units), leastUsed(units, 3)]
    return [
      ...promised,
      {
        name: 'one unit of c tells good from bad: accuracy',
        measured: best.accuracy,
        must: { atLeast: 0.95 },
      },
      {
        name: 'L1 regression on all units: accuracy',
        measured: probe.accuracy,
        must: { atLeast: 0.97 },
      },
      ...clampChecks(model, reviews.map((review) => `${review.text}\n`).join(''), used ?? best, controls),
    ]
  },
}

/** Units that tell the classes, too, but change the loss least when they are held. */
const leastUsed = (units: readonly ClassUnit[], count: number): ClassUnit[] =>
  units
    .flatMap((unit) => {
      const { wrongHold: cost } = unit
      return cost ? [{ unit, cost: Math.max(Math.abs(cost.ofClass), Math.abs(cost.rest)) }] : []
    })
    .sort((a, b) => a.cost - b.cost)
    .slice(0, count)
    .map(({ unit }) => unit)

function clampChecks(
  model: TrainedModel,
  text: string,
  best: ClassUnit,
  controls: readonly ClassUnit[],
): Check[] {
  const clamp = ({ unit }: ClassUnit, level: string) => [`L1.c[${unit}]=set(${level})`]
  const [high, low] = best.sign > 0 ? ['q95', 'q5'] : ['q5', 'q95']
  const ratesOf = (variants: string[][]) =>
    generatedRates(model, {
      prime: '',
      temperature: 1,
      seed: 1,
      generate: generated,
      samples,
      text,
      predicate: anyOf(goodWords),
      among: anyOf([...goodWords, ...badWords]),
      variants,
    }).variants
  const [plain, good, bad] = ratesOf([clamp(best, high!), clamp(best, low!)])
  const moved = controls.map((unit) => {
    const [as, ...clamped] = ratesOf([clamp(unit, 'q95'), clamp(unit, 'q5')])
    return Math.max(...clamped.map(({ rate }) => Math.abs(rate - as!.rate)))
  })
  return [
    { name: 'clamped to good: share of good words, more', measured: good!.rate - plain!.rate, must: { atLeast: 0.2 } },
    { name: 'clamped to bad: share of good words, less', measured: plain!.rate - bad!.rate, must: { atLeast: 0.2 } },
    { name: 'clamped: share of real words', measured: Math.min(good!.realWords, bad!.realWords), must: { atLeast: 0.95 } },
    { name: 'control units clamped: share of good words, moved (median)', measured: median(moved), must: { atMost: 0.03 } },
  ] // prettier-ignore
}
