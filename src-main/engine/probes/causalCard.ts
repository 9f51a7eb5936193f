// The causal card of a unit: what several operations on it do to the loss, beside the same on every unit of its layer and signal. Operations
// may disagree, so all of them are shown.
import type { CausalCard, InterventionEffect } from '../../contract/effect.ts'
import { largest } from '../../contract/longLists.ts'
import { usedClasses } from '../../contract/verdict.ts'
import { ablationEffects, interventionEffects } from './effect.ts'
import type { TrainedModel } from './model.ts'

export interface CausalCardOptions {
  text: string
  layer: number
  signal: string
  unit: number
  predicate?: string | undefined
}

/** Operations: 0, a random value, the mean, and both ends: the medians where the predicate holds and where not, or the 5 and 95 % quantiles. */
const operationsFor = (predicate: string | undefined): string[] => [
  'set(0)',
  'resample',
  'set(mean)',
  ...(predicate === undefined
    ? ['set(q5)', 'set(q95)']
    : [`set(median(not (${predicate})))`, `set(median(${predicate}))`]),
]

/** Throws as interventionEffects. */
export function causalCard(
  model: TrainedModel,
  { text, layer, signal, unit, predicate }: CausalCardOptions,
): CausalCard {
  const operations = operationsFor(predicate)
  const variants = operations.map((operation) => [`L${layer + 1}.${signal}[${unit}]=${operation}`])
  const effect = interventionEffects(model, { text, predicate, variants })
  const all = ['set(0)', 'set(mean)'].map((operation) =>
    ablationEffects(model, { text, predicate, layer, signal, operation }),
  )
  const medians = effect.classes.map((_, i) =>
    largest(all.map((found) => medianOf(found, (e) => e.classes[i]!))),
  )
  const own = effect.effects[operations.indexOf('set(mean)')]!.all
  const byMean = all[1]!.effects
  return {
    layer,
    signal,
    unit,
    operations,
    effect,
    medians: { all: largest(all.map((found) => medianOf(found, (e) => e.all))), classes: medians },
    largerShare: byMean.filter((e) => Math.abs(e.all) > Math.abs(own)).length / byMean.length,
    used: usedClasses(operations, effect, medians),
  }
}

/** Median over units of the size of an effect. */
function medianOf(
  { effects }: InterventionEffect,
  of: (one: InterventionEffect['effects'][number]) => number,
): number {
  const sizes = effects.map((one) => Math.abs(of(one))).sort((a, b) => a - b)
  return sizes[Math.floor(sizes.length / 2)]!
}
