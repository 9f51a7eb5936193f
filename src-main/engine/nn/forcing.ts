// Teacher forcing: whether a network in training reads the true symbol or its own prediction. The first symbol of a window is always
// true. The random choices depend on seed and step alone.
import type { RunConfig } from '../../contract/config.ts'
import { argmax, without } from '../graph/argmax.ts'
import type { Node } from '../graph/node.ts'
import {
  add,
  broadcastTo,
  concat,
  constant,
  gt,
  input,
  log,
  maximum,
  neg,
  slice,
  uniformLike,
  type Value,
} from '../graph/ops.ts'
import type { SequenceTraceOptions } from './trace.ts'

export type Forcing = RunConfig['forcing']

/** Name of the program input with the teacher forcing ratio, for schedules that change it. */
export const truthInput = 'forcing.truth'

const scheduled = ['linear', 'exponential', 'invsigmoid']
/** Whether the training program has that input. */
export const truthChanges = ({ mode }: Forcing): boolean => scheduled.includes(mode)

/** Whether the graph of the loss reads predictions of the network. */
export const readsOwn = ({ mode }: Forcing): boolean => mode !== 'teacher' && mode !== 'professor'

const streams = { coin: 0x666f7263, draw: 0x666f7264 }

/** Teacher forcing ratio at update `step` (from 0), Bengio et al. 2015. */
export function truthShare({ mode, ratio, halfLife, floor }: Forcing, step: number): number {
  if (mode === 'free') return 0
  if (mode === 'ratio') return ratio
  if (!scheduled.includes(mode)) return 1
  return Math.max(floor, decayed(mode, halfLife, step))
}

function decayed(mode: Forcing['mode'], half: number, step: number): number {
  if (mode === 'linear') return Math.max(0, 1 - step / (2 * half))
  if (mode === 'exponential') return 0.5 ** (step / half)
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
 * Mixing of true and predicted symbols for a trace of `steps` symbols in `batch` sequences; undefined for teacher forcing alone. The symbol
 * `unknown` (-1: none) is never predicted.
 */
export function ownInputs(
  forcing: Forcing,
  steps: number,
  batch: number,
  unknown: number,
): SequenceTraceOptions['own'] {
  if (!readsOwn(forcing)) return undefined
  return {
    truth: truthOf(forcing, steps, batch),
    pick: (logits) => ownSymbol(forcing, without(logits, unknown)),
  }
}

/** Free running: only the first symbol is read, then predictions. */
export const freeRunning = (
  forcing: Pick<Forcing, 'ownSymbol'>,
  steps: number,
  batch: number,
  unknown: number,
): NonNullable<SequenceTraceOptions['own']> => ({
  truth: firstOnly(constant(0, [steps, batch, 1])),
  pick: (logits) => ownSymbol(forcing, without(logits, unknown)),
})

/** (T, B, 1): 1 where the true symbol is read. */
function truthOf(forcing: Forcing, steps: number, batch: number): Node {
  const share: Value = truthChanges(forcing) ? input(truthInput, []) : truthShare(forcing, 0)
  const whole = forcing.unit === 'sequence'
  const coins = uniformLike(constant(0, [whole ? 1 : steps, batch, 1]), streams.coin)
  return firstOnly(broadcastTo(gt(share, coins), [steps, batch, 1]))
}

/** `rest` (T, B, 1) with ones at t = 0. */
function firstOnly(rest: Node): Node {
  const [steps, ...shape] = rest.shape as [number, ...number[]]
  const first = constant(1, [1, ...shape])
  return steps === 1 ? first : concat([first, slice(rest, 0, 1, steps - 1)], 0)
}

/** logits (B, V) -> ids (B): a sample (argmax of logits + Gumbel noise) or the argmax. */
function ownSymbol({ ownSymbol: kind }: Pick<Forcing, 'ownSymbol'>, logits: Node): Node {
  if (kind === 'argmax') return argmax(logits)
  // -log(-log u), u bounded away from 0.
  const u = maximum(uniformLike(logits, streams.draw), 1e-30)
  const gumbel = neg(log(maximum(neg(log(u)), 1e-30)))
  return argmax(add(logits, gumbel))
}
