// Generating text symbol by symbol from the model's probabilities. The random number of symbol n depends on (seed, n) alone.
import { UnrollError } from '../../contract/errors.ts'
import type { SampleToken } from '../../contract/inspect.ts'
import { seedWords } from '../nn/initialise.ts'
import type { Executable } from '../run/executor.ts'
import { uniformAt } from '../run/random.ts'
import { ownLineBreak, encodeText, type EncodedText } from '../data/reading.ts'
import { unknownId, type Vocabulary } from '../data/vocabulary.ts'
import { symbolWriter } from '../data/writing.ts'

/** Settings of generated text. */
export interface SampleOptions {
  prime: string
  length: number
  /** 0: the most probable symbol. */
  temperature: number
  /** Only the `topK` most probable symbols; 0: all. */
  topK: number
  /** Nucleus sampling: the fewest most probable symbols whose probabilities sum to this; 1: all. */
  topP: number
  /** Whether `<unk>` may be generated. */
  unknown?: boolean
  seed: number
}

const stream = 0x73616d70
const alternativesKept = 5

/** Symbols and ids of a typed text. Throws E_ARG naming the symbols that are not in the vocabulary. */
export function encodeTyped(text: string, vocabulary: Vocabulary, what: string): EncodedText {
  const typed = encodeText(text, vocabulary)
  refuseUnseen(typed, what)
  return typed
}

/** Throws E_ARG naming the symbols without an id. */
export function refuseUnseen(typed: Pick<EncodedText, 'symbols' | 'ids'>, what: string): void {
  const unknown = [...new Set(typed.symbols.filter((_, i) => typed.ids[i]! < 0))]
  if (unknown.length > 0) {
    const list = unknown
      .slice(0, 10)
      .map((s) => JSON.stringify(s))
      .join(', ')
    const more = unknown.length > 10 ? ` and ${unknown.length - 10} more` : ''
    throw new UnrollError(
      'E_ARG',
      `${what}: the model has never seen ${list}${more}. Leave ${unknown.length === 1 ? 'it' : 'them'} out.`,
      { path: what },
    )
  }
}

/** The symbol read first without a prompt: a line break, else a space, else symbol 0. It is not part of the sample. */
export const opening = (vocabulary: Vocabulary): number =>
  vocabulary.ids.get(ownLineBreak(vocabulary) ?? '') ?? vocabulary.ids.get(' ') ?? 0

/** Called before symbol t is read, with all symbols up to it: writes further inputs of the program. */
export type BeforeStep = (t: number, symbols: readonly string[]) => void

/** Yields `length` symbols. `executable`: a reader of one symbol with its weights loaded. Throws E_ARG for unknown symbols in the prompt. */
export function* sampleWith(
  executable: Executable,
  vocabulary: Vocabulary,
  options: SampleOptions,
  beforeStep?: BeforeStep,
): Generator<SampleToken> {
  const { ids: prime, symbols: given } = encodeTyped(options.prime, vocabulary, 'prime')
  const seed = seedWords(options.seed)
  const keeps = executable.program.slots.has('keep')
  const symbols: string[] = []
  const read = (id: number, first: boolean, step: number) => {
    executable.write('ids', [id])
    symbols.push(vocabulary.symbols[id]!)
    beforeStep?.(step, symbols)
    if (keeps) executable.write('keep', [first ? 0 : 1])
    executable.run({ seed, step })
  }
  const start = prime.length > 0 ? prime : [opening(vocabulary)]
  start.forEach((id, i) => read(id, i === 0, i))
  const write = symbolWriter(vocabulary.unit)
  given.forEach(write)
  const spaced = vocabulary.unit === 'word' && /\s$/.test(options.prime)
  const never = options.unknown ? -1 : unknownId(vocabulary)
  for (let n = 0; n < options.length; n++) {
    const logits = executable.read('logits')
    const plain = probabilities(logits, 1)
    const u = uniformAt({ seed, step: n }, stream, 0xffffffff, 0)
    const id = draw(logits, options, u, never)
    const symbol = vocabulary.symbols[id]!
    yield {
      id,
      text: n === 0 && spaced ? write(symbol).trimStart() : write(symbol),
      probability: plain[id]!,
      alternatives: largestFirst(plain, alternativesKept).map((k) => ({
        text: vocabulary.symbols[k]!,
        probability: plain[k]!,
      })),
    }
    if (n + 1 < options.length) read(id, false, start.length + n)
  }
}

/** softmax(logits / temperature) in f64. */
export function probabilities(logits: ArrayLike<number>, temperature: number): Float64Array {
  const p = Float64Array.from(logits)
  const top = p.reduce((a, b) => Math.max(a, b), -Infinity)
  let total = 0
  for (let i = 0; i < p.length; i++) total += p[i] = Math.exp((p[i]! - top) / temperature)
  for (let i = 0; i < p.length; i++) p[i]! /= total
  return p
}

/** Indices of the k largest values, largest first, equal ones by index. */
export function largestFirst(p: ArrayLike<number>, k: number): number[] {
  const best: number[] = []
  for (let i = 0; i < p.length; i++) {
    if (best.length === k && p[i]! <= p[best[k - 1]!]!) continue
    let at = best.length
    while (at > 0 && p[best[at - 1]!]! < p[i]!) at--
    best.splice(at, 0, i)
    if (best.length > k) best.pop()
  }
  return best
}

/** Samples a symbol with the uniform number `u` in [0, 1); `never` is excluded unless it is the only symbol. */
export function draw(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: Omit<SampleOptions, 'prime' | 'length' | 'seed'>,
  u: number,
  never = -1,
): number {
  const p = probabilities(logits, temperature === 0 ? 1 : temperature)
  if (never >= 0 && p.length > 1) p[never] = 0
  if (temperature === 0) return largestFirst(p, 1)[0]!
  const order =
    topK === 0 && topP === 1
      ? Array.from(p.keys())
      : largestFirst(p, topK === 0 ? p.length : Math.min(topK, p.length))
  const kept = topP === 1 ? order : order.slice(0, nucleus(p, order, topP))
  let rest = u * kept.reduce((sum, i) => sum + p[i]!, 0)
  for (const i of kept) {
    rest -= p[i]!
    if (rest < 0) return i
  }
  return kept.findLast((i) => p[i]! > 0) ?? kept[0]!
}

/** Number of entries of `order` (most probable first) whose sum reaches `share` of the total. */
function nucleus(p: Float64Array, order: readonly number[], share: number): number {
  const total = order.reduce((sum, i) => sum + p[i]!, 0)
  let sum = 0
  return 1 + order.findIndex((i) => (sum += p[i]!) >= share * total)
}
