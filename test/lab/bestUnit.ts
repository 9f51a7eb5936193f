// The unit of c that ranks first for a predicate, with the scores of the held-out half of the text.
import type { UnitScore } from '../../src-main/contract/inspect.ts'
import { findUnits, type TrainedModel } from '../../src-main/engine/index.ts'
import { validationLines } from '../../src-main/engine/tasks/index.ts'

/** `text` is read as one, or, of a run on lines, the text of the run line by line. Throws if the predicate is a number. */
export function bestUnit(model: TrainedModel, text: string, predicate: string): UnitScore {
  const lines = validationLines(text, model.config, 40_000)
  const ranking = findUnits(model, {
    text,
    ...(lines && { lines: () => lines }),
    predicate,
    signals: ['c'],
    top: 1,
  })
  if (ranking.kind !== 'boolean') throw new Error(`${predicate} is a number`)
  return ranking.scores[0]!
}

/** The largest |correlation| with a graded predicate. */
export function bestCorrelation(model: TrainedModel, text: string, predicate: string, signal = 'c'): number {
  const ranking = findUnits(model, { text, predicate, signals: [signal], top: 1 })
  if (ranking.kind !== 'number') throw new Error(`${predicate} is not a number`)
  const { sign, correlation } = ranking.scores[0]!
  return sign * correlation
}
