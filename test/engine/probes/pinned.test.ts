// A pinned text between the steps of a training: the values are those of a checkpoint of that step, and the training keeps its bits.
import { expect, it } from 'vitest'
import { claimMetric, claimSchema } from '../../../src-main/contract/claim.ts'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import type { LiveAnswer, LivePin, LiveReading } from '../../../src-main/contract/live.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { inspectText, openModel, openTraining } from '../../../src-main/engine/index.ts'
import { validationExcerpt } from '../../../src-main/engine/tasks/index.ts'
import { grouped } from '../../options.ts'
import { executor, text } from './trainedModel.ts'

const best = claimSchema.parse({ key: 'best', name: 'a', predicate: 'vowel', layer: 1, signal: 'h' })
const config = parseConfig({
  seed: 4,
  claims: [best],
  data: { validation: 0.3 },
  model: { cell: 'lstm', hidden: 6, layers: 2, embedding: 5 },
  ...grouped({
    window: 12,
    batch: 2,
    steps: 12,
    lr: 0.02,
    logEvery: 3,
    evalEvery: 6,
    sampleEvery: 6,
    gradientEvery: 4,
  }),
}) as RunConfig

/** A whole training that reads a text at each step event. */
function run(pinAt: (step: number) => LivePin | undefined) {
  const training = openTraining({ config, text }, executor)
  const answers: { answer: LiveAnswer; checkpoint: Uint8Array }[] = []
  const metrics: [number, Record<string, number>][] = []
  for (const event of training.events()) {
    if (event.kind === 'metrics') metrics.push([event.step, event.values])
    const pin = event.kind === 'step' ? pinAt(event.step) : undefined
    if (pin) answers.push({ answer: training.read(pin), checkpoint: training.checkpoint() })
  }
  return { answers, metrics, end: training.checkpoint() }
}

const typed: LivePin = { text: 'He said "go" (now).', layer: 0, signal: 'c', unit: 4 }
const ofClaim: LivePin = { claim: 'best' }

it('reads one unit of a typed text and the best unit of a claim of the held-out one', () => {
  const { answers, metrics } = run((step) => (step % 2 ? typed : ofClaim))
  const units = new Map(metrics.map(([step, values]) => [step, values[claimMetric('best', 'unit')]]))
  const read = (at: number) => answers[at]!.answer as LiveReading
  for (const { answer, checkpoint } of answers) {
    if ('reason' in answer) {
      expect(answer.step).toBeLessThan(6)
      expect(answer.reason).toBe('The best unit is found at the next validation.')
      continue
    }
    const model = openModel(checkpoint, executor)
    const { layer, signal, unit, step } = answer
    if (layer === 1) expect(unit).toBe(units.get(step < 12 ? 6 : 12))
    else expect([layer, signal, unit]).toEqual([0, 'c', 4])
    const whole = layer === 1 ? validationExcerpt(text, config, 0, 400)!.text : typed.text!
    const shown = inspectText(model, { text: whole, layer, signal })
    expect(answer.tokens).toEqual(shown.tokens)
    answer.values.forEach((value, t) => expect(value).toBeCloseTo(shown.values[t * shown.units + unit]!, 6))
  }
  expect(answers.filter(({ answer }) => !('reason' in answer)).length).toBeGreaterThan(8)
  expect(read(0).values).not.toEqual(read(8).values)
})

it('changes nothing of the training', () => {
  const [read, plain] = [run((step) => (step % 3 ? typed : ofClaim)), run(() => undefined)]
  expect(read.metrics).toEqual(plain.metrics)
  expect(Buffer.compare(read.end, plain.end)).toBe(0)
})

it.each<[LivePin, RegExp]>([
  [{ ...typed, text: 'ψ' }, /never seen "ψ"/],
  [{ ...typed, layer: 2 }, /layer/],
  [{ ...typed, signal: 'z' }, /has no "z"/],
  [{ ...typed, unit: 6 }, /unit: 6 is not one of 0\.\.5/],
  [{ claim: 'other' }, /does not test that claim/],
])('%j is answered with the reason', (pin, reason) => {
  const { answers } = run((step) => (step === 1 ? pin : undefined))
  expect(answers[0]!.answer).toMatchObject({ step: 1, reason: expect.stringMatching(reason) as string })
})
