// Which symbol a network reads next while it is trained to predict it: the true one or its own. The first symbol of a window is always
// the true one. The coins depend on seed and step alone.
import type { TrainConfig } from '../../contract/config.ts'
import { argmax, without } from '../graph/argmax.ts'
import type { Node } from '../graph/node.ts'
import { add, broadcastTo, concat, constant, gt, input, log, maximum, neg, slice, uniformLike, type Value } from '../graph/ops.ts' // prettier-ignore
import type { SequenceTraceOptions } from './trace.ts'

export type Forcing = Pick<
  TrainConfig,
  'forcing' | 'forcingRatio' | 'forcingHalf' | 'forcingFloor' | 'forcingUnit' | 'ownSymbol'
>

/** Name of the input that says with which probability the true symbol is read, where it changes with the updates. */
export const truthInput = 'forcing.truth'

const scheduled = ['linear', 'exponential', 'invsigmoid']
/** True if the training program has that input. */
export const truthChanges = ({ forcing }: Forcing): boolean => scheduled.includes(forcing)

/** True if a network that is trained so reads its own symbols in the graph of its loss. */
export const readsOwn = ({ forcing }: Forcing): boolean => forcing !== 'teacher' && forcing !== 'professor'

const streams = { coin: 0x666f7263, draw: 0x666f7264 }

/** Probability of reading the true symbol at update `step` (from 0), Bengio et al. 2015. */
export function truthShare(
  { forcing, forcingRatio, forcingHalf, forcingFloor }: Forcing,
  step: number,
): number {
  if (forcing === 'free') return 0
  if (forcing === 'ratio') return forcingRatio
  if (!scheduled.includes(forcing)) return 1
  return Math.max(forcingFloor, decayed(forcing, forcingHalf, step))
}

function decayed(forcing: Forcing['forcing'], half: number, step: number): number {
  if (forcing === 'linear') return Math.max(0, 1 - step / (2 * half))
  if (forcing === 'exponential') return 0.5 ** (step / half)
  const k = sigmoidScale(half)
  return 1 / (1 + Math.exp(step / k) / k)
}

/** k with k ln k = half, by Newton's method. */
export function sigmoidScale(half: number): number {
  let k = Math.max(2, half / Math.log(half + Math.E))
  for (let i = 0; i < 50; i++) k = Math.max(1 + 1e-9, k - (k * Math.log(k) - half) / (Math.log(k) + 1))
  return k
}

/**
 * How a trace of `steps` symbols in `batch` sequences mixes true and own symbols; undefined where only true ones are read. The symbol `unknown`
 * (-1: none) is never its own.
 */
export function ownInputs(
  train: Forcing,
  steps: number,
  batch: number,
  unknown: number,
): SequenceTraceOptions['own'] {
  if (!readsOwn(train)) return undefined
  return { truth: truthOf(train, steps, batch), pick: (logits) => ownSymbol(train, without(logits, unknown)) }
}

/** Reads nothing but the first symbol. */
export const freeRunning = (
  train: Pick<Forcing, 'ownSymbol'>,
  steps: number,
  batch: number,
  unknown: number,
): NonNullable<SequenceTraceOptions['own']> => ({
  truth: firstOnly(constant(0, [steps, batch, 1])),
  pick: (logits) => ownSymbol(train, without(logits, unknown)),
})

/** (T, B, 1): 1 where the true symbol is read. */
function truthOf(train: Forcing, steps: number, batch: number): Node {
  const share: Value = truthChanges(train) ? input(truthInput, []) : truthShare(train, 0)
  const whole = train.forcingUnit === 'sequence'
  const coins = uniformLike(constant(0, [whole ? 1 : steps, batch, 1]), streams.coin)
  return firstOnly(broadcastTo(gt(share, coins), [steps, batch, 1]))
}

/** `rest` (T, B, 1) with ones at t = 0. */
function firstOnly(rest: Node): Node {
  const [steps, ...shape] = rest.shape as [number, ...number[]]
  const first = constant(1, [1, ...shape])
  return steps === 1 ? first : concat([first, slice(rest, 0, 1, steps - 1)], 0)
}

/** logits (B, V) -> ids (B): drawn by the largest of logits + Gumbel noise, or the likeliest. */
function ownSymbol({ ownSymbol: kind }: Pick<Forcing, 'ownSymbol'>, logits: Node): Node {
  if (kind === 'likeliest') return argmax(logits)
  // -log(-log u), with u kept off 0.
  const u = maximum(uniformLike(logits, streams.draw), 1e-30)
  const gumbel = neg(log(maximum(neg(log(u)), 1e-30)))
  return argmax(add(logits, gumbel))
}
