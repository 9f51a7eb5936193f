// What a curve of the gradient through time says: vanishing, exploding, arriving, and how much per step.
import { describe, expect, it } from 'vitest'
import { trendOf, whyNoGradients } from '../../src-main/contract/gradients.ts'
import { taskFacts } from '../../src-main/engine/tasks/index.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'

/** factor^k k steps back. */
const geometric = (factor: number, steps: number) =>
  Float64Array.from({ length: steps + 1 }, (_, t) => 0.02 * factor ** (steps - t))

describe('the trend of a gradient', () => {
  it.each([
    [0.5, 'vanishes'],
    [0.99, 'persists'],
    [1, 'persists'],
    [1.5, 'explodes'],
  ] as const)('%s per step over 40 steps %s', (factor, kind) => {
    const trend = trendOf(geometric(factor, 40), 1)
    expect(trend).toMatchObject({ kind, reach: 40, steps: 40 })
    expect(trend.perStep).toBeCloseTo(factor, 12)
    expect(trend.ratio / factor ** 40).toBeCloseTo(1, 12)
  })

  it('counts the steps between strided entries', () => {
    const strided = geometric(0.9, 60).filter((_, t) => t % 3 === 0)
    expect(trendOf(strided, 3)).toMatchObject({ reach: 60, steps: 60 })
    expect(trendOf(strided, 3).perStep).toBeCloseTo(0.9, 12)
  })

  it('takes the factor over the part that anything reaches where the rest is 0', () => {
    const curve = geometric(0.5, 40).fill(0, 0, 30)
    expect(trendOf(curve, 1)).toMatchObject({ kind: 'vanishes', ratio: 0, reach: 10, steps: 40 })
    expect(trendOf(curve, 1).perStep).toBeCloseTo(0.5, 12)
    expect(trendOf(Float64Array.of(0, 0, 2), 1)).toMatchObject({
      kind: 'vanishes',
      ratio: 0,
      perStep: 0,
      reach: 0,
    })
  })

  it.each([
    ['one step', [1]],
    ['no gradient at all', [0, 0, 0]],
    ['nothing at all', []],
    ['NaN at the end', [1, 2, NaN]],
    ['NaN at the start', [NaN, 2, 1]],
  ])('says nothing of %s', (_, curve) => {
    expect(trendOf(Float64Array.from(curve), 1).kind).toBe('none')
  })

  it.each<[RunConfigInput, number, RegExp]>([
    [{ logging: { gradientEvery: 0 } }, 9000, /switched off/],
    [{ logging: { gradientEvery: 500 } }, 499, /this one has 499/],
    [{ logging: { gradientEvery: 500 } }, 500, /every 500 steps/],
  ])('says why there is no record: %j in %i steps', (config, totalSteps, why) => {
    expect(whyNoGradients({ config: parseConfig({ seed: 1, ...config }) as RunConfig, totalSteps })).toMatch(
      why,
    )
  })

  it.each<[RunConfigInput, RegExp]>([
    [{}, /^The gradient of the last step's loss .* first step of the window\.$/],
    [{ data: { kind: 'image' } }, /anti-diagonal/],
    [{ data: { kind: 'series' }, train: { bptt: 'online', window: 3 } }, /online rule goes back at most 3 /],
  ])('says what is recorded: %j', (config, what) => {
    expect(taskFacts(parseConfig({ seed: 1, ...config }) as RunConfig).gradient).toMatch(what)
  })
})
