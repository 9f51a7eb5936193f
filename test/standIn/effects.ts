// What interventions do in the stand-in: effects and rates that grow with the index of the variant.
import type {
  CausalCard,
  GeneratedRates,
  InterventionEffect,
  PatchedUnits,
} from '../../src-main/contract/effect.ts'
import type { Parsed } from '../../src-main/contract/api.ts'

export const effectOf = (
  step: number,
  predicate: string | null,
  variants: string[][],
): InterventionEffect => ({
  step,
  positions: 9999,
  predicate,
  loss: 1.2,
  classes: [
    { name: 'letters', held: null, count: 7000, loss: 1.1 },
    { name: '"', held: null, count: 200, loss: 0.8 },
  ],
  effects: variants.map((interventions, i) => ({
    interventions,
    all: 0.01 * i,
    classes: [0.002 * i, 0.3 * i],
  })),
})

export const ratesOf = (
  step: number,
  { predicate, among, samples, generate, seed, variants }: Omit<Parsed<'sample.rates'>, 'id'>,
): GeneratedRates => ({
  step,
  predicate,
  among: among ?? null,
  samples,
  length: generate,
  seed,
  variants: [[], ...variants].map((interventions, i) => ({
    interventions,
    rate: 0.4 + 0.1 * i,
    low: 0.35 + 0.1 * i,
    high: 0.45 + 0.1 * i,
    loss: 1.2 + 0.01 * i,
    realWords: 0.97,
    example: 'the cat sat on the mat',
  })),
})

export function causalCardOf(
  step: number,
  {
    layer,
    signal,
    unit,
    predicate = '',
  }: { layer: number; signal: string; unit: number; predicate?: string | undefined },
): CausalCard {
  const operations = ['set(0)', 'resample', 'set(mean)', 'set(q5)', 'set(q95)']
  const variants = operations.map((operation) => [`L${layer + 1}.${signal}[${unit}]=${operation}`])
  return {
    layer,
    signal,
    unit,
    operations,
    effect: effectOf(step, predicate || null, variants),
    medians: { all: 0.005, classes: [0.004, 0.05] },
    largerShare: 1 / 64,
    used: [{ index: 1, operations: ['set(q95)', 'set(q5)', 'set(mean)'], delta: 1.2 }],
  }
}

export const patchedOf = (
  step: number,
  { layer, signal, clean, corrupted, at = [1, 2] }: Omit<Parsed<'inspect.patch'>, 'id'>,
): PatchedUnits => ({
  step,
  layer,
  signal,
  units: 2,
  tokens: { clean: [...clean], corrupted: [...corrupted] },
  at,
  clean: -0.1,
  corrupted: -5.8,
  recovery: Float64Array.from({ length: 2 * at.length }, (_, i) => i % 2),
})
