// The verdict on a unit and a predicate, in three words that are tied to numbers: represents, is used, controls. The one place that says when
// a word holds; every door prints `verdictRows`. Modes that disagree stand side by side; nothing is averaged over them.
import type { CausalCard, GeneratedRates, InterventionEffect, UsedClass, VariantRate } from './effect.ts'
import { rankedUnits, type RankedUnit, type UnitRanking } from './inspect.ts'

/** A unit represents a predicate if its held-out AUC (or correlation) exceeds that of shuffled labels by this much. */
export const representsMargin = 0.2
/** A unit is used for a class of symbols if it raises its loss by more than this many times the median unit ... */
export const timesMedian = 5
/** ... under at least so many operations, for a class of at least so many symbols. */
export const operationsNeeded = 2
export const symbolsNeeded = 10
/** Symbols over which the effects of a verdict are measured, and samples for the rate of its predicate. */
export const verdictSymbols = 4000
export const verdictSamples = { samples: 256, generate: 200, seed: 1 }

/** One row: the word, whether it holds (null: not measured), and the numbers that say so. */
export interface VerdictRow {
  word: 'represents' | 'is used' | 'controls'
  holds: boolean | null
  numbers: string[]
}

/** What a verdict is made of; `causal` and `rates` are null as long as they are not measured. */
export interface VerdictParts {
  ranking: UnitRanking
  causal: CausalCard | null
  rates: GeneratedRates | null
}

/** The unit that a verdict is about: the best on held-out text. */
export const bestUnit = (ranking: UnitRanking): RankedUnit | undefined => rankedUnits(ranking)[0]

/** Interventions that hold the unit at its median where the predicate holds, and where it does not. */
export const heldVariants = ({ layer, signal, unit }: RankedUnit, predicate: string): string[][] =>
  [predicate, `not (${predicate})`].map((where) => [`L${layer + 1}.${signal}[${unit}]=set(median(${where}))`])

/** The three rows in their order. */
export const verdictRows = ({ ranking, causal, rates }: VerdictParts): VerdictRow[] => [
  representsRow(ranking),
  usedRow(causal),
  controlsRow(ranking, rates),
]

function representsRow(ranking: UnitRanking): VerdictRow {
  const score = bestUnit(ranking)?.score ?? NaN
  const isBoolean = ranking.kind === 'boolean'
  const [shuffled, perSymbol] = isBoolean
    ? [ranking.nullAuc, ranking.controlAuc]
    : [ranking.nullCorrelation, ranking.controlCorrelation]
  const numbers = [
    `${isBoolean ? 'AUC' : 'correlation'} ${fixed(score)} on held-out text; shuffled labels ${fixed(shuffled)}; margin ${representsMargin}`,
    `a random ${isBoolean ? 'label' : 'number'} per symbol reaches ${fixed(perSymbol)}${perSymbol >= score ? ': knowing the symbol alone is enough' : ''}`,
  ]
  return { word: 'represents', holds: score - shuffled >= representsMargin, numbers }
}

/** Classes that a unit is used for, the largest effect first. `medians`: |difference| of the median unit by class, nats. */
export const usedClasses = (
  operations: readonly string[],
  { classes: all, effects }: InterventionEffect,
  medians: readonly number[],
): UsedClass[] =>
  medians
    .map((median, index) => {
      const over = effects.flatMap(({ classes }, o) =>
        classes[index]! > timesMedian * median ? [{ operation: operations[o]!, delta: classes[index]! }] : [],
      )
      over.sort((a, b) => b.delta - a.delta)
      return { index, operations: over.map(({ operation }) => operation), delta: over[0]?.delta ?? 0 }
    })
    .filter(
      ({ index, operations: found }) =>
        found.length >= operationsNeeded && all[index]!.count >= symbolsNeeded,
    )
    .sort((a, b) => b.delta - a.delta)

/** Name of a class of symbols, with whether the predicate held before. */
export const className = ({ name, held }: InterventionEffect['classes'][number]): string =>
  held === null ? name : `${name} (${held ? 'holds' : 'not'})`

/** Whether operations change the loss of a class in opposite directions, each by more than the bound. */
const disagree = (changes: readonly number[], bound: number): boolean =>
  changes.some((change) => change > bound) && changes.some((change) => change < -bound)

function usedRow(causal: CausalCard | null): VerdictRow {
  if (!causal) return { word: 'is used', holds: null, numbers: [] }
  const { used, operations, effect, medians, largerShare } = causal
  const lines = used.slice(0, 3).map(({ index }) => {
    const changes = effect.effects.map(({ classes }) => classes[index]!)
    const bound = timesMedian * medians.classes[index]!
    const modes = operations.map((operation, o) => `${signed(changes[o]!)} ${modeName(operation)}`)
    const apart = disagree(changes, bound) ? '; the modes disagree' : ''
    return `${className(effect.classes[index]!)}: ${modes.join(', ')} nats; bound ${fixed(bound)} (${timesMedian} x the median unit)${apart}`
  })
  const rank = `${(100 * largerShare).toFixed(1)} % of the units change the loss more when set to their mean`
  const none = `no class of ${symbolsNeeded} symbols or more loses over ${timesMedian} x the median unit under ${operationsNeeded} operations`
  return {
    word: 'is used',
    holds: used.length > 0,
    numbers: [...(lines.length > 0 ? lines : [none]), rank],
  }
}

function controlsRow(ranking: UnitRanking, rates: GeneratedRates | null): VerdictRow {
  if (ranking.kind === 'number')
    return { word: 'controls', holds: null, numbers: ['only a predicate that holds or not has a rate'] }
  if (!rates) return { word: 'controls', holds: null, numbers: [] }
  const names = ['as it is', 'held as where it holds', 'held as where it does not']
  const rows = rates.variants.map(
    ({ rate, low, high, realWords }, v) =>
      `${names[v] ?? ''}: ${fixed(rate)} (${fixed(low)} to ${fixed(high)}), real words ${fixed(realWords)}`,
  )
  const about = `rate of the predicate in ${rates.samples} samples of ${rates.length} symbols, 95 % intervals`
  return { word: 'controls', holds: moves(rates.variants), numbers: [about, ...rows] }
}

/** Whether the intervals of two variants lie apart. */
const moves = (variants: readonly VariantRate[]): boolean =>
  variants.some((a) => variants.some((b) => a.high < b.low))

/** set(0) -> "at 0", resample -> "at random", medians as in `heldVariants`. */
export function modeName(operation: string): string {
  if (operation === 'resample') return 'at random'
  if (operation.startsWith('set(median(not')) return 'as where not'
  if (operation.startsWith('set(median(')) return 'as where it holds'
  return operation.replace(/^set\((.*)\)$/, 'at $1')
}

/** The verdict word as it is said: "does not represent" where it does not hold. */
export const wordOf = ({ word, holds }: VerdictRow): string =>
  holds === null
    ? `${word}: not measured`
    : holds
      ? word
      : { represents: 'does not represent', 'is used': 'is not used', controls: 'does not control' }[word]

const fixed = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(value > 0.999 && value < 1 ? 4 : 3) : 'none'
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`
