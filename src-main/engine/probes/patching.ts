// Activation patching on states: a corrupted text is read with one unit set, at one step, to its value over the clean text. How much of the
// difference in log p of a later symbol comes back tells what that unit remembers.
import { UnrollError } from '../../contract/errors.ts'
import type { PatchedUnits } from '../../contract/effect.ts'
import { append } from '../../contract/longLists.ts'
import { encodeTyped } from '../generation/sample.ts'
import type { Change } from './changes.ts'
import { columnLosses } from './columns.ts'
import { predictsNext, refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { recordSignal } from './recordings/signals.ts'
import { layerAt, signalOf } from './signals.ts'

const maxColumns = 128

export interface PatchOptions {
  /** Two texts of equally many symbols; the last symbol is the same and its log p is measured. */
  clean: string
  corrupted: string
  layer: number
  signal: string
  /** Positions at which units are patched, each by itself; from the first difference on if left out. */
  at?: readonly number[] | undefined
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

const maxPositions = 64

/** At most 64 positions, evenly spread from the first difference of two texts to before their last symbol; throws E_ARG for equal texts. */
export function positionsBetween(clean: ArrayLike<number>, corrupted: ArrayLike<number>): number[] {
  const [first, last] = [Array.from(clean).findIndex((id, t) => id !== corrupted[t]), clean.length - 2]
  if (first < 0) throw refuse('corrupted', 'it is the clean text; change at least one symbol.')
  const count = Math.min(maxPositions, last - first + 1)
  return Array.from({ length: count }, (_, k) =>
    count === 1 ? last : first + Math.round((k * (last - first)) / (count - 1)),
  )
}

/** Recovery (patched - corrupted) / (clean - corrupted) of log p of the last symbol, for every unit and position. Throws E_ARG. */
export function patchUnits(
  model: TrainedModel,
  { clean, corrupted, layer, signal: name, at: given }: PatchOptions,
): PatchedUnits {
  refuseNonText(model, 'patch')
  if (!predictsNext(model))
    throw refuse('id', 'this run does not predict the next symbol. Choose a language model.')
  const network = sequenceOf(model)
  const { outputSize: units } = layerAt(network, layer)
  const signal = signalOf(network, name).id
  const [{ ids: whole, symbols: cleanTokens }, { ids: broken, symbols: corruptedTokens }] = [
    encodeTyped(clean, model.symbols, 'clean'),
    encodeTyped(corrupted, model.symbols, 'corrupted'),
  ]
  const target = whole.length - 1
  if (broken.length !== whole.length)
    throw refuse(
      'corrupted',
      `it has ${broken.length} symbols, and the clean text ${whole.length}; make them equally long.`,
    )
  if (target < 1 || whole[target] !== broken[target])
    throw refuse('corrupted', 'the last symbols differ; the log p of the same symbol is compared.')
  const at = given ?? positionsBetween(whole, broken)
  const late = at.find((position) => position >= target)
  if (late !== undefined)
    throw refuse('at', `${late} is not before the last symbol, which is symbol ${target} (from 0).`)
  const { column } = recordSignal(model, [whole], { layer, signal })
  const plain = { labels: new Map<string, Uint8Array>(), parts: 1 }
  const cleanLogP = -columnLosses(model, { ...plain, ids: whole, variants: [[]] })[target]!
  const variants = at.flatMap((position) =>
    Array.from({ length: units }, (_, unit): Change[] => [
      {
        layer,
        signal,
        units: [unit],
        factors: [[0, column(unit)[position]!]],
        hold: false,
        always: false,
        positions: { at: position },
      },
    ]),
  )
  const logPs: number[] = []
  for (let from = 0; from < variants.length; from += maxColumns - 1) {
    const some = [[], ...variants.slice(from, from + maxColumns - 1)]
    const losses = columnLosses(model, { ...plain, ids: broken, variants: some })
    const found = some.map((_, v) => -losses[v * broken.length + target]!)
    append(logPs, from === 0 ? found : found.slice(1))
  }
  const [corruptedLogP, ...patched] = logPs as [number, ...number[]]
  const gap = cleanLogP - corruptedLogP
  const recovery = Float64Array.from(patched, (logP) => (logP - corruptedLogP) / gap)
  return {
    step: model.step,
    layer,
    signal,
    units,
    tokens: { clean: cleanTokens, corrupted: corruptedTokens },
    at: [...at],
    clean: cleanLogP,
    corrupted: corruptedLogP,
    recovery,
  }
}
