// Where the loss of a language model is: -log p of every symbol beside that of an n-gram model of the training text and of a second run, by
// class of symbols and by predicates.
import { UnrollError } from '../../../contract/errors.ts'
import type { ErrorOverlap, LossRow, Losses } from '../../../contract/losses.ts'
import { encodeText } from '../../data/reading.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { predictsNext, refuseNonText, type TrainedModel } from '../model.ts'
import { labelsWhere } from '../positions.ts'
import { knownPredictions, predictionsReader } from '../recordings/predictions.ts'
import { readSequences } from '../recordings/readSequences.ts'
import { warmUpOf } from '../signalRows.ts'
import { symbolClasses } from '../symbolClasses.ts'
import { peelErrors, wordCounts } from './errorClasses.ts'
import { ngramModel } from './ngram.ts'

export interface LossOptions {
  text: string
  other?: TrainedModel | undefined
  predicates: readonly string[]
  /** Order of the n-gram model; 0: none. */
  ngram: number
  /** The beginning of the training text; undefined if the run has none. */
  training?: (() => string) | undefined
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Losses of a text; throws E_ARG for runs that do not predict the next symbol, faulty predicates and a second run with other symbols. */
export function losses(
  model: TrainedModel,
  { text, other, predicates, ngram: order, training }: LossOptions,
): Losses {
  refuseOthers(model, 'id')
  const { symbols: vocabulary } = model
  const { ids, symbols: tokens, spaces } = encodeTyped(text, vocabulary, 'text')
  const network = surprisalOf(model, ids)
  const from = Math.max(1, warmUpOf(ids.length))
  const second = other && otherLosses(other, text, tokens)
  const learned = order > 0 ? training?.() : undefined
  const trainingIds = learned === undefined ? undefined : encodeText(learned, vocabulary).ids
  const ngrams = trainingIds && ngramModel(trainingIds, ids, { order, vocabulary: vocabulary.symbols.length })
  const best = ngrams?.probabilities.at(-1)
  const words = vocabulary.unit === 'word'
  const columns = { network, ngram: best?.map((p) => -Math.log(p)), other: second }
  const { names, of } = symbolClasses(tokens)
  const all = new Uint8Array(tokens.length).fill(1)
  const rows: LossRow[] = [row('all symbols', 'symbols', null, all, columns, from)]
  names.forEach((name, i) =>
    rows.push(
      row(
        name,
        'symbols',
        null,
        of.map((one) => (one === i ? 1 : 0)),
        columns,
        from,
      ),
    ),
  )
  for (const predicate of predicates) {
    const holds = labelsWhere(predicate, tokens, spaces, words)
    rows.push(row(predicate, 'predicate', true, holds, columns, from))
    rows.push(
      row(
        predicate,
        'predicate',
        false,
        holds.map((one) => 1 - one),
        columns,
        from,
      ),
    )
  }
  const p = Float64Array.from(network, (loss) => Math.exp(-loss))
  return {
    tokens,
    spaces,
    from,
    network,
    ngram: columns.ngram ? Float32Array.from(columns.ngram) : null,
    other: second ?? null,
    rows: rows.filter(({ count }) => count > 0),
    errorClasses:
      ngrams && !words
        ? peelErrors({ symbols: tokens, p, ngrams: ngrams.probabilities, known: wordCounts(learned!), from })
        : null,
    overlap: best ? overlapOf(p, best, from) : null,
    order: ngrams ? order : 0,
    trainingSymbols: trainingIds?.length ?? 0,
    step: model.step,
    otherStep: other?.step ?? null,
  }
}

function refuseOthers(model: TrainedModel, path: string): void {
  refuseNonText(model, 'losses')
  if (!predictsNext(model))
    throw refuse(path, 'this run does not predict the next symbol. Choose a language model.')
}

function otherLosses(other: TrainedModel, text: string, tokens: readonly string[]): Float32Array {
  refuseOthers(other, 'other')
  const read = encodeTyped(text, other.symbols, 'other')
  if (read.symbols.length !== tokens.length || read.symbols.some((symbol, t) => symbol !== tokens[t]))
    throw refuse(
      'other',
      'the two runs split this text into different symbols. Choose runs with the same tokenisation.',
    )
  return surprisalOf(other, read.ids)
}

/** -log p of each symbol; NaN for the first. */
function surprisalOf(model: TrainedModel, ids: Int32Array): Float32Array {
  const known = knownPredictions(model, ids)
  if (known) return known.surprisal.slice()
  const { predictions, onLogits } = predictionsReader(model, ids)
  readSequences(model, [ids], [], onLogits)
  return predictions.surprisal.slice()
}

interface Columns {
  network: ArrayLike<number>
  ngram: ArrayLike<number> | undefined
  other: ArrayLike<number> | undefined
}

function row(
  name: string,
  kind: LossRow['kind'],
  holds: boolean | null,
  is: Uint8Array,
  { network, ngram, other }: Columns,
  from: number,
): LossRow {
  let count = 0
  for (let t = from; t < is.length; t++) count += is[t]!
  const mean = (values: ArrayLike<number> | undefined) => {
    if (!values) return null
    let sum = 0
    for (let t = from; t < is.length; t++) if (is[t]) sum += values[t]!
    return sum / count
  }
  return { name, kind, holds, count, network: mean(network)!, ngram: mean(ngram), other: mean(other) }
}

function overlapOf(p: ArrayLike<number>, ngram: ArrayLike<number>, from: number): ErrorOverlap {
  const overlap = { both: 0, networkOnly: 0, ngramOnly: 0, neither: 0 }
  for (let t = from; t < p.length; t++) {
    const [network, other] = [p[t]! < 0.5, ngram[t]! < 0.5]
    overlap[network ? (other ? 'both' : 'networkOnly') : other ? 'ngramOnly' : 'neither']++
  }
  return overlap
}
