// The best unit for each of several predicates over the same text: which of them has this run a unit for?
import { UnrollError } from '../../../contract/errors.ts'
import type { PredicateUnit, PredicateUnits } from '../../../contract/inspect.ts'
import type { TextLine } from '../../tasks/index.ts'
import { inspectedSequences } from '../inspectedSequences.ts'
import { refuseNonText, type TrainedModel } from '../model.ts'
import { findUnits } from './findUnits.ts'

export interface PredicateSearch {
  text: string
  /** Lines that are read instead of the text. */
  lines?: (() => readonly TextLine[]) | undefined
  predicates: readonly string[]
  signals?: string[] | undefined
}

/**
 * The unit that ranks first for each predicate, with its score on the half of the text that it was not chosen on. A predicate that is faulty or
 * constant has the reason instead; throws E_ARG for symbols that are not in the vocabulary.
 */
export function predicateUnits(
  model: TrainedModel,
  { text, lines, predicates, signals }: PredicateSearch,
): PredicateUnits {
  refuseNonText(model, 'predicates')
  // A text that cannot be read is an error of the whole, not of each predicate.
  const positions = inspectedSequences(model, { text, lines }).reduce((sum, { ids }) => sum + ids.length, 0)
  const rows = predicates.map((predicate): PredicateUnit => {
    try {
      const found = findUnits(model, { text, lines, predicate, signals, top: 1 })
      const first = found.scores[0]!
      const { layer, signal, unit, sign } = first
      return {
        predicate,
        kind: found.kind,
        unit: { layer, signal, unit },
        sign,
        score: 'auc' in first ? first.auc : first.sign * first.correlation,
        nullScore: found.kind === 'boolean' ? found.nullAuc : found.nullCorrelation,
        reason: null,
      }
    } catch (error) {
      if (!(error instanceof UnrollError) || error.code !== 'E_ARG') throw error
      const reason = error.message
      return { predicate, kind: null, unit: null, sign: 1, score: NaN, nullScore: NaN, reason }
    }
  })
  return { text: lines ? null : text, positions, rows, step: model.step }
}
