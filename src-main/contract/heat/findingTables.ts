// Results of inspection as CSV tables: rankings of units, contexts of a unit, effects of interventions. Layers count from 1, as people read them.
import { csvText, type CsvCell } from '../csv.ts'
import type { InterventionEffect } from '../effect.ts'
import type { UnitRanking } from '../inspect.ts'
import type { UnitCard, UnitContext } from '../unitCard.ts'

/** A row per unit, beside what shuffled labels and a label per symbol reach. */
export function rankingCsv(ranking: UnitRanking): string {
  const { predicate, step } = ranking
  if (ranking.kind === 'number')
    return csvText([
      ['predicate', 'step', 'layer', 'signal', 'unit', 'correlation', 'shuffled', 'number per symbol'],
      ...ranking.scores.map(({ layer, signal, unit, correlation }): CsvCell[] => [
        predicate,
        step,
        layer + 1,
        signal,
        unit,
        correlation,
        ranking.nullCorrelation,
        ranking.controlCorrelation,
      ]),
    ])
  return csvText([
    [
      'predicate',
      'step',
      'layer',
      'signal',
      'unit',
      'auc',
      'f1',
      'sign',
      'threshold',
      'shuffled',
      'label per symbol',
    ],
    ...ranking.scores.map(({ layer, signal, unit, auc, f1, sign, threshold }): CsvCell[] => [
      predicate,
      step,
      layer + 1,
      signal,
      unit,
      auc,
      f1,
      sign,
      threshold,
      ranking.nullAuc,
      ranking.controlAuc,
    ]),
  ])
}

/** Statistics of one unit over a text. */
export interface UnitRow {
  unit: number
  mean: number
  variance: number
  min: number
  max: number
  /** Share of values outside the colour range. */
  clipped: number
}

/** A row per unit of one layer and signal. */
export const unitsCsv = (place: { layer: number; signal: string }, units: readonly UnitRow[]): string =>
  csvText([
    ['layer', 'signal', 'unit', 'mean', 'variance', 'min', 'max', 'clipped'],
    ...units.map(({ unit, mean, variance, min, max, clipped }): CsvCell[] => [
      place.layer + 1,
      place.signal,
      unit,
      mean,
      variance,
      min,
      max,
      clipped,
    ]),
  ])

/** A row per context: its list, the position in the text read, the value, and the text before, at and after the position. */
export function contextsCsv({ layer, signal, unit, top, middle, bottom, intervals }: UnitCard): string {
  const lists: [string, readonly UnitContext[]][] = [
    ['largest', top],
    ['median', middle],
    ['smallest', bottom],
    ...intervals.map(({ lo, hi, contexts }): [string, UnitContext[]] => [`${lo} to ${hi}`, contexts]),
  ]
  const rows = lists.flatMap(([list, contexts]) =>
    contexts.map(({ position, value, from, tokens, spaces }): CsvCell[] => {
      const text = (begin: number, end: number) =>
        tokens
          .slice(begin, end)
          .map((token, i) => (spaces[begin + i] ?? '') + token)
          .join('')
      const at = position - from
      return [
        layer + 1,
        signal,
        unit,
        list,
        position,
        value,
        text(0, at),
        text(at, at + 1),
        text(at + 1, tokens.length),
      ]
    }),
  )
  return csvText([
    ['layer', 'signal', 'unit', 'list', 'position', 'value', 'before', 'symbol', 'after'],
    ...rows,
  ])
}

/** A row per variant and class of symbols, `all` first: the change of the mean loss in nats per symbol. */
export function effectsCsv({ step, loss, positions, classes, effects }: InterventionEffect): string {
  const rows = effects.flatMap((one): CsvCell[][] => {
    const list = one.interventions.join('; ')
    return [
      [step, list, 'all', null, positions, loss, one.all],
      ...classes.map(({ name, held, count, loss: own }, i): CsvCell[] => [
        step,
        list,
        name,
        held === null ? null : held ? 'holds' : 'not',
        count,
        own,
        one.classes[i]!,
      ]),
    ]
  })
  return csvText([['step', 'interventions', 'class', 'predicate', 'symbols', 'loss', 'change'], ...rows])
}
