// What interventions do to the loss: -log p of every symbol of a text with and without them, by class of the symbol. Ablations of all units
// are as many variants, read side by side.
import { UnrollError } from '../../contract/errors.ts'
import type { InterventionEffect, LossClass } from '../../contract/effect.ts'
import { interventionText, parseIntervention, type Intervention } from '../../contract/intervention.ts'
import { append } from '../../contract/longLists.ts'
import { encodeTyped } from '../generation/sample.ts'
import { changeOf, type Change } from './changes.ts'
import { columnLosses } from './columns.ts'
import { unitReadings } from './levels.ts'
import { predictsNext, refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { labelsWhere } from './positions.ts'
import { layerAt, signalOf } from './signals.ts'
import { symbolClasses } from './symbolClasses.ts'

/** Variants read side by side, and the columns up to which a text is cut into parts that are read side by side if there are few. */
const maxVariants = 160
const columns = 64
const shortestPart = 500

interface Reading {
  text: string
  /** Splits every class by whether it held before the symbol. */
  predicate?: string | undefined
}

/**
 * Effects of variants, each a list of interventions that are applied together. Levels are those of the same text. Throws E_ARG for a model
 * that does not predict the next symbol, and the errors of the interventions.
 */
export function interventionEffects(
  model: TrainedModel,
  { text, predicate, variants }: Reading & { variants: readonly (readonly string[])[] },
): InterventionEffect {
  return effectsOf(
    model,
    { text, predicate },
    variants.map((variant) => variant.map(parseIntervention)),
  )
}

/** The effect of the same operation on each unit of a signal by itself. Throws as interventionEffects. */
export function ablationEffects(
  model: TrainedModel,
  {
    text,
    predicate,
    layer,
    signal,
    operation,
  }: Reading & { layer: number; signal: string; operation: string },
): InterventionEffect {
  const network = sequenceOf(model)
  const { outputSize } = layerAt(network, layer)
  const { id } = signalOf(network, signal)
  const one = parseIntervention(`L${layer + 1}.${id}[0]=${operation}`)
  const variants = Array.from({ length: outputSize }, (_, unit) => [{ ...one, units: [unit] }])
  return effectsOf(model, { text, predicate }, variants)
}

function effectsOf(
  model: TrainedModel,
  { text, predicate }: Reading,
  variants: readonly (readonly Intervention[])[],
): InterventionEffect {
  refuseNonText(model, 'effect')
  if (!predictsNext(model))
    throw new UnrollError(
      'E_ARG',
      'id: this run does not predict the next symbol, so interventions have no loss to change. Choose a language model.',
      { path: 'id' },
    )
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  const words = model.symbols.unit === 'word'
  const readings = unitReadings(model, text)
  const changes = variants.map((variant) => variant.map((one) => changeOf(model, one, readings)))
  const labels = new Map<string, Uint8Array>()
  for (const { positions } of changes.flat())
    if (positions.where !== undefined)
      labels.set(positions.where, labelsWhere(positions.where, tokens, spaces, words))
  const held = predicate === undefined ? undefined : labelsWhere(predicate, tokens, spaces, words)
  const groups = classesOf(tokens, held)
  const losses: Float32Array[] = []
  const all: (readonly Change[])[] = [[], ...changes]
  const together = Math.ceil(all.length / Math.ceil(all.length / maxVariants))
  for (let from = 0; from < all.length; from += together) {
    const some = all.slice(from, from + together)
    const parts = Math.max(
      1,
      Math.min(Math.floor(columns / some.length), Math.floor(ids.length / shortestPart)),
    )
    const read = columnLosses(model, { ids, variants: some, labels, parts })
    append(
      losses,
      some.map((_, v) => read.subarray(v * ids.length, (v + 1) * ids.length)),
    )
  }
  const [plain, ...changed] = losses.map((row) => meansOf(row, groups)) as [Means, ...Means[]]
  return {
    step: model.step,
    positions: ids.length - 1,
    predicate: predicate ?? null,
    loss: plain.all,
    classes: groups.classes.map((one, i) => ({ ...one, loss: plain.classes[i]! })),
    effects: variants.map((variant, v) => ({
      interventions: variant.map(interventionText),
      all: changed[v]!.all - plain.all,
      classes: plain.classes.map((loss, i) => changed[v]!.classes[i]! - loss),
    })),
  }
}

interface Groups {
  classes: Omit<LossClass, 'loss'>[]
  /** Index of the class of each position; 255 for the first, which is not predicted. */
  of: Uint8Array
}

/** Classes of the predicted symbols; those without any are left out. */
function classesOf(tokens: readonly string[], held: Uint8Array | undefined): Groups {
  const { names, of } = symbolClasses(tokens)
  const split = held ? 2 : 1
  const raw = Array.from(of, (name, t) => (t === 0 ? 255 : name * split + (held ? held[t - 1]! : 0)))
  const counts = new Map<number, number>()
  for (const group of raw) if (group !== 255) counts.set(group, (counts.get(group) ?? 0) + 1)
  const present = [...counts.keys()].sort((a, b) => a - b)
  const index = new Map(present.map((group, i) => [group, i]))
  return {
    classes: present.map((group) => ({
      name: names[Math.floor(group / split)]!,
      held: held ? group % split === 1 : null,
      count: counts.get(group)!,
    })),
    of: Uint8Array.from(raw, (group) => index.get(group) ?? 255),
  }
}

interface Means {
  all: number
  classes: number[]
}

/** Mean loss over all positions and over each class. */
function meansOf(losses: Float32Array, { classes, of }: Groups): Means {
  const sums = new Float64Array(classes.length)
  for (let t = 0; t < losses.length; t++) if (of[t] !== 255) sums[of[t]!]! += losses[t]!
  return {
    all: sums.reduce((a, b) => a + b, 0) / (losses.length - 1),
    classes: classes.map(({ count }, i) => sums[i]! / count),
  }
}
