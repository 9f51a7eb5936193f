// What a projection places: states of text positions, states at the ends of phrases, or embeddings of symbols.
import { UnrollError } from '../../../contract/errors.ts'
import type { ProjectionSource } from '../../../contract/analyses.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from '../model.ts'
import { layersOf, streamSignal, unitsOf, warmUpOf } from '../signalRows.ts'
import { readableSignal } from '../signals.ts'

/** Vectors with what they belong to. */
export interface ProjectedPoints {
  /** (count, size), row by row. */
  values: Float32Array
  size: number
  /** Text position of each, or the index of the symbol in the vocabulary. */
  positions: Int32Array
  /** The symbol, or the phrase. */
  names: string[]
  /** The text, symbol by symbol; for embeddings the vocabulary. */
  tokens: string[]
  spaces: string[]
}

/** Options of the points. */
export interface PointOptions {
  text: string
  source: ProjectionSource
  signal: string
  layer?: number | undefined
  points: number
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** At most `points` points, evenly spread; throws E_ARG for unknown signals, layers and symbols, and embeddings of a network without them. */
export function pointsOf(model: TrainedModel, options: PointOptions): ProjectedPoints {
  refuseNonText(model, 'projection')
  return options.source === 'embeddings' ? embeddings(model, options) : states(model, options)
}

function embeddings(model: TrainedModel, { points }: PointOptions): ProjectedPoints {
  const { input } = sequenceOf(model)
  if (input.kind !== 'embedding')
    throw refuse('source', 'this run reads one-hot vectors and has no embedding. Choose states or phrases.')
  // Most frequent words come first in a vocabulary of words.
  const tokens = model.vocabulary.slice(0, points)
  const values = Float32Array.from(
    model.weights.get('embedding.w')!.data.subarray(0, tokens.length * input.size),
  )
  const positions = Int32Array.from(tokens, (_, i) => i)
  return { values, size: input.size, positions, names: tokens, tokens, spaces: [] }
}

function states(model: TrainedModel, { text, source, signal, layer, points }: PointOptions): ProjectedPoints {
  const network = sequenceOf(model)
  const { id } = readableSignal(network, signal)
  const layers = layersOf(network, layer)
  const size = unitsOf(network, layers).length
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  const first = warmUpOf(ids.length)
  const all =
    source === 'phrases' ? phraseEnds(tokens, first) : tokens.map((_, t) => ({ from: t, to: t })).slice(first)
  const step = Math.max(1, all.length / points)
  const chosen = Array.from({ length: Math.min(points, all.length) }, (_, i) => all[Math.floor(i * step)]!)
  const values = new Float32Array(chosen.length * size)
  let next = 0
  streamSignal(model, ids, id, layers, (rows, from, count) => {
    for (; next < chosen.length && chosen[next]!.to < from + count; next++) {
      const at = (chosen[next]!.to - from) * size
      values.set(rows.subarray(at, at + size), next * size)
    }
  })
  const joined = (from: number, to: number) =>
    tokens
      .slice(from, to + 1)
      .map((token, i) => (i > 0 ? (spaces[from + i] ?? '') : '') + token)
      .join('')
      .trim()
  return {
    values,
    size,
    positions: Int32Array.from(chosen, ({ to }) => to),
    names: chosen.map(({ from, to }) => (from === to ? tokens[to]! : joined(from, to))),
    tokens,
    spaces,
  }
}

/** Phrases: from after the last end to the next `.`, `!`, `?`, `;` or line break, if there is a letter or digit between. */
function phraseEnds(tokens: readonly string[], first: number): { from: number; to: number }[] {
  const ends: { from: number; to: number }[] = []
  let from = 0
  tokens.forEach((token, to) => {
    if (!/^[.!?;\n\r\u2028\u2029]+$/.test(token)) return
    const phrase = tokens.slice(from, to)
    if (to >= first && phrase.some((one) => /[\p{L}\p{N}]/u.test(one))) ends.push({ from, to })
    from = to + 1
  })
  return ends
}
