// One signal of one layer over a text, with surprise and the likeliest next symbols: what a heatmap draws.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { SignalGrid } from '../../contract/inspect.ts'
import { checkReads, foretellsSymbols, openReader, type Model } from './model.ts'
import { readThrough, stretchOf } from './record.ts'
import { encodeTyped, likeliest, probabilities } from '../generation/sample.ts'

const nextShown = 5
/** A grid holds at most this many values. */
const maxValues = 2 ** 28

/** The signal's row of the cell; throws E_ARG naming the nearest. */
export function signalOf(model: Model, id: string) {
  const { cell } = model.network
  const signal = cell.signals.find((s) => s.id === id)
  if (signal) return signal
  const ids = cell.signals.map((s) => s.id)
  const near = nearest(id, ids)
  throw new UnrollError(
    'E_ARG',
    `signal: a ${cell.title} has no "${id}"; ${near ? `did you mean ${near}?` : `it has ${ids.join(', ')}.`}`,
    { path: 'signal' },
  )
}

/** Throws E_ARG on an unknown layer or signal or on symbols the model does not know, E_TOO_LARGE on a text too long for its width. */
export function inspectGrid(
  model: Model,
  { text, layer, signal: id }: { text: string; layer: number; signal: string },
): SignalGrid {
  checkReads(model, 'inspect')
  const signal = signalOf(model, id)
  const { network, symbols } = model
  if (layer < 0 || layer >= network.layers.length) {
    throw new UnrollError('E_ARG', `layer: ${layer} is not one of 0..${network.layers.length - 1}.`, {
      path: 'layer',
    })
  }
  const { ids, symbols: tokens, spaces } = encodeTyped(text, symbols, 'text')
  const units = network.layers[layer]!.shown
  if (ids.length * units > maxValues) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units are too many to show; at most ${Math.floor(maxValues / units)}.`,
      { path: 'text' },
    )
  }
  const foretells = foretellsSymbols(model)
  const size = network.output.size
  const k = foretells ? Math.min(nextShown, size) : 0
  const grid = {
    values: new Float32Array(ids.length * units),
    surprise: new Float32Array(ids.length).fill(NaN),
    nextIds: new Int32Array(ids.length * k),
    nextProbabilities: new Float32Array(ids.length * k),
  }
  const steps = stretchOf(network, ids.length)
  /** Steps that one value of this layer stands for. */
  const held = network.subsample ** (layer + 1)
  const executable = openReader(model, {
    steps,
    outputs: foretells,
    watch: (l, s) => l === layer && s === id,
  })
  readThrough(executable, ids, steps, (from, count) => {
    const values = executable.read(`${layer}.${id}`)
    for (let t = 0; t < count; t++) {
      const at = Math.floor(t / held) * units
      grid.values.set(values.subarray(at, at + units), (from + t) * units)
    }
    if (!foretells) return
    const logits = executable.read('logits')
    for (let t = 0; t < count; t++) {
      const p = probabilities(logits.subarray(t * size, (t + 1) * size), 1)
      const at = from + t
      likeliest(p, k).forEach((next, rank) => {
        grid.nextIds[at * k + rank] = next
        grid.nextProbabilities[at * k + rank] = p[next]!
      })
      if (at + 1 < ids.length) grid.surprise[at + 1] = -Math.log(p[ids[at + 1]!]!)
    }
  })
  executable.dispose()
  const bound = signal.kind === 'free' ? robustBound(grid.values) : 1
  return {
    tokens,
    spaces,
    layer,
    signal: id,
    units,
    ...grid,
    lo: signal.kind === 'gate' ? 0 : -bound,
    hi: bound,
    k,
    vocabulary: model.vocabulary,
    step: model.step,
  }
}

/** The 99.5 % quantile of |value| over the finite values, at least a small positive number; NaN without a finite value. */
export function robustBound(values: Float32Array): number {
  const sizes = values.map(Math.abs).filter(Number.isFinite).sort()
  return Math.max(1e-6, sizes[Math.floor(sizes.length * 0.995)] ?? NaN)
}
