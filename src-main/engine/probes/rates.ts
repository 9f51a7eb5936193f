// How often a predicate holds in generated text, with and without interventions: many samples side by side, sample n of every variant with
// the same random numbers, so that two variants differ by their interventions alone.
import { UnrollError } from '../../contract/errors.ts'
import type { GeneratedRates, VariantRate } from '../../contract/effect.ts'
import { parseIntervention } from '../../contract/intervention.ts'
import { draw, encodeTyped, opening, type SampleOptions } from '../generation/sample.ts'
import { symbolWriter } from '../data/writing.ts'
import { unknownId } from '../data/vocabulary.ts'
import { seedWords } from '../nn/initialise.ts'
import { uniformAt } from '../run/random.ts'
import { changeOf, changeWriter, isActive, signalChanges, type Change } from './changes.ts'
import { unitReadings } from './levels.ts'
import { openReader, sequenceOf, type TrainedModel } from './model.ts'
import { labelsWhere } from './positions.ts'
import { lastLabels, refuseNoText } from './sampleText.ts'

const stream = 0x72617465
const bootstraps = 1000
const maxColumns = 2048

export interface RateOptions extends Pick<SampleOptions, 'prime' | 'temperature' | 'seed'> {
  /** Symbols to generate in each sample. */
  generate: number
  /** Lists of interventions; the text without any is generated too, as the first variant of the answer. */
  variants: readonly (readonly string[])[]
  /** Counted at generated symbols; `among`: only where this one holds. */
  predicate: string
  among?: string | undefined
  samples: number
  /** For quantiles and means of units, and for the words that count as real. */
  text: string
}

/** Rates of a predicate over generated symbols; throws E_ARG as sampleText, and for more than 2048 columns (variants + 1) * samples. */
export function generatedRates(model: TrainedModel, options: RateOptions): GeneratedRates {
  refuseNoText(model)
  const { predicate, among, samples, text, seed } = options
  const columns = (options.variants.length + 1) * samples
  if (columns > maxColumns)
    throw new UnrollError(
      'E_ARG',
      `samples: ${samples} samples of ${options.variants.length + 1} variants are ${columns}; at most ${maxColumns}.`,
      { path: 'samples' },
    )
  const readings = unitReadings(model, text)
  const changes = options.variants.map((list) =>
    list.map((one) => changeOf(model, parseIntervention(one), readings)),
  )
  const ids = samplesOf(model, [[], ...changes], options)
  const losses = lossesUnchanged(model, ids)
  const known = new Set(text.match(wordPattern) ?? [])
  const prompt = ids[0]!.length - options.generate
  const variants = [[], ...options.variants].map((interventions, v): VariantRate => {
    const mine = ids.slice(v * samples, (v + 1) * samples)
    const counts = mine.map((one) => countsOf(one, prompt, model, predicate, among))
    const words = mine.flatMap((one) => wordsOf(one, prompt, model))
    const nll = losses.slice(v * samples, (v + 1) * samples)
    return {
      interventions: [...interventions],
      ...rateOf(counts, seed),
      loss: nll.reduce((a, b) => a + b, 0) / samples,
      realWords: words.length === 0 ? NaN : words.filter((word) => known.has(word)).length / words.length,
      example: textOf(mine[0]!.subarray(prompt), model),
    }
  })
  return {
    step: model.step,
    predicate,
    among: among ?? null,
    samples,
    length: options.generate,
    seed,
    variants,
  }
}

const wordPattern = /[\p{L}\p{M}]+/gu

function textOf(ids: Int32Array, { symbols }: TrainedModel): string {
  const write = symbolWriter(symbols.unit)
  return Array.from(ids, (id) => write(symbols.symbols[id]!)).join('')
}

/** Generated words, without the last one, which may be cut off. */
const wordsOf = (ids: Int32Array, prompt: number, model: TrainedModel): string[] =>
  (textOf(ids.subarray(prompt), model).match(wordPattern) ?? []).slice(0, -1)

/** Generated symbols at which the predicate holds, and those among which it is counted. */
function countsOf(
  ids: Int32Array,
  prompt: number,
  { symbols }: TrainedModel,
  predicate: string,
  among: string | undefined,
): [holds: number, of: number] {
  const tokens = Array.from(ids, (id) => symbols.symbols[id]!)
  const words = symbols.unit === 'word'
  const counted = among === undefined ? undefined : labelsWhere(among, tokens, [], words)
  const labels = labelsWhere(predicate, tokens, [], words)
  let [holds, of] = [0, 0]
  for (let t = prompt; t < ids.length; t++) {
    if (counted && counted[t] === 0) continue
    of++
    holds += labels[t]!
  }
  return [holds, of]
}

/** The rate over all samples, with the 95 % interval of a bootstrap over samples. */
function rateOf(
  counts: readonly [number, number][],
  seed: number,
): Pick<VariantRate, 'rate' | 'low' | 'high'> {
  const rate = (of: readonly [number, number][]) => {
    const [holds, all] = of.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0])
    return all === 0 ? NaN : holds / all
  }
  const words = seedWords(seed)
  const drawn = Array.from({ length: bootstraps }, (_, r) =>
    rate(
      counts.map(
        (_count, i) => counts[Math.floor(uniformAt({ seed: words, step: r }, stream, 1, i) * counts.length)]!,
      ),
    ),
  ).sort((a, b) => a - b)
  return {
    rate: rate(counts),
    low: drawn[Math.floor(0.025 * bootstraps)]!,
    high: drawn[Math.ceil(0.975 * bootstraps) - 1]!,
  }
}

/** Prompt and generated symbols of every sample, variant by variant. */
function samplesOf(
  model: TrainedModel,
  variants: readonly (readonly Change[])[],
  { prime, generate: length, temperature, seed, samples }: RateOptions,
): Int32Array[] {
  const { symbols: vocabulary } = model
  const given = encodeTyped(prime, vocabulary, 'prime').ids
  const start = given.length > 0 ? [...given] : [opening(vocabulary)]
  const batch = variants.length * samples
  const changes = variants.flat()
  const columnsOf = new Map(
    variants.flatMap((list, v) =>
      list.map((change) => [change, Array.from({ length: samples }, (_, n) => v * samples + n)] as const),
    ),
  )
  const executable = openReader(model, { extent: [1], batch, outputs: true, changes: signalChanges(changes) })
  const columns = (change: Change) => columnsOf.get(change)!
  const write = changeWriter(executable, sequenceOf(model), changes, { steps: 1, batch, seed, columns })
  const texts = Array.from({ length: batch }, () => new Int32Array(start.length + length))
  const tokens: string[][] = texts.map(() => [])
  const words = seedWords(seed)
  const never = unknownId(vocabulary)
  const depends = changes.some(({ positions }) => positions.where !== undefined)
  for (let t = 0; t < start.length + length; t++) {
    const logits = t < start.length ? undefined : executable.read('logits')
    const size = logits ? logits.length / batch : 0
    texts.forEach((text, b) => {
      const u = () => uniformAt({ seed: words, step: t - start.length }, stream, 0, b % samples)
      text[t] = logits
        ? draw(logits.subarray(b * size, (b + 1) * size), { temperature, topK: 0, topP: 1 }, u(), never)
        : start[t]!
      if (depends) tokens[b]!.push(vocabulary.symbols[text[t]!]!)
    })
    if (t === start.length + length - 1) break
    executable.write(
      'ids',
      Float64Array.from(texts, (text) => text[t]!),
    )
    executable.write('keep', [t === 0 ? 0 : 1])
    const holds = new Map<number, (change: Change) => boolean>()
    write(t, (change, at, b) => {
      if (!holds.has(b)) holds.set(b, lastLabels(changes, tokens[b]!, vocabulary.unit === 'word'))
      return isActive(change.positions, holds.get(b)!(change), at)
    })
    executable.run({ seed: words, step: t })
  }
  executable.dispose()
  // Without a prompt the symbol that was read first is not part of the text.
  return given.length > 0 ? texts : texts.map((text) => text.subarray(1))
}

/** Mean -log p of the symbols of each text under the model as it is, nats; the first is not predicted. */
function lossesUnchanged(model: TrainedModel, texts: readonly Int32Array[]): number[] {
  const batch = texts.length
  const executable = openReader(model, { extent: [1], batch, outputs: false, losses: true })
  const sums = new Float64Array(batch)
  const length = texts[0]!.length
  for (let t = 0; t + 1 < length; t++) {
    executable.write(
      'ids',
      Float64Array.from(texts, (text) => text[t]!),
    )
    executable.write(
      'next',
      Float64Array.from(texts, (text) => text[t + 1]!),
    )
    executable.write('keep', [t === 0 ? 0 : 1])
    executable.run({ seed: [0, 0], step: 0 })
    executable.read('nll').forEach((value, b) => (sums[b]! += value))
  }
  executable.dispose()
  return Array.from(sums, (sum) => sum / Math.max(1, length - 1))
}
