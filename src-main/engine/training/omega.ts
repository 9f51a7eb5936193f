// The vanishing-gradient penalty Omega of Pascanu, Mikolov and Bengio (2013) for any cell: it keeps the norm of the gradient constant over
// the steps. Built from the gradients of the states in every scan of the loss.
import { vjp, grad } from '../compile/grad.ts'
import { DerivedScan } from '../compile/derivedScan.ts'
import { maskOfScan } from '../graph/mask.ts'
import type { Node } from '../graph/node.ts'
import {
  abs,
  add,
  constant,
  div,
  eq,
  gt,
  maxOf,
  maximum,
  mean,
  mul,
  reshape,
  select,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
} from '../graph/ops.ts'

type Messages = readonly (Node | null)[]

/** (..., B, any) -> (..., B): sums over all axes from `first` on. */
const sumFrom = (a: Node, first: number): Node =>
  sum(
    a,
    a.shape.slice(first).map((_, i) => first + i),
  )
const total = (parts: readonly Node[]): Node => parts.reduce((a, b) => add(a, b))

/**
 * Omega and its gradients by `wrt`, beside those of the loss. Per scan: the sum over steps k of the mean over sequences (padding and
 * columns without a sequence left out) of
 * (|m_{k+1} ds_{k+1}/ds_k| / |m_{k+1}| - 1)^2, where s is the whole state (h and c of an LSTM) and m = dloss/ds. As in the paper m and all
 * values of the forward pass are constants in its gradient; steps with m_{k+1} = 0 add nothing.
 */
export function deriveWithOmega(
  loss: Node,
  wrt: readonly Node[],
): { gradients: Node[]; omega: Node; omegaGradients: Node[] } {
  const parts: Node[] = []
  const gradients = grad(loss, wrt, (scanned, messages) => {
    const part = omegaOf(scanned, messages)
    if (part) parts.push(part)
  })
  const omega = parts.length > 0 ? total(parts) : constant(0)
  return { gradients, omega, omegaGradients: grad(omega, wrt) }
}

/** Omega of one scan; undefined if no gradient passes between its steps. */
function omegaOf(scanned: Node, messages: Messages): Node | undefined {
  const body = scanned.attrs.body!
  if (body.length < 2) return undefined
  const states = messages.flatMap((m, k) => (m ? [{ k, m: stopGradient(m) }] : []))
  if (states.length === 0) return undefined
  // Scaled by the largest entry of each sequence, so that squares do not overflow f32.
  const largest = states
    .map(({ m }) =>
      maxOf(
        abs(m),
        m.shape.slice(2).map((_, i) => 2 + i),
      ),
    )
    .reduce((a, b) => maximum(a, b))
  const scale = add(largest, eq(largest, 0))
  const scaled = states.map(({ m }) =>
    div(m, reshape(scale, [...scale.shape, ...m.shape.slice(2).map(() => 1)])),
  )
  const given = total(scaled.map((m) => sumFrom(square(m), 2)))

  const pass = new DerivedScan(scanned, body.reverse, stopGradient)
  const seeds = states.map(({ k }, i): [Node, Node] => [body.next[k]!, pass.read(scaled[i]!)])
  const slots = states.map(({ k }) => body.state[k]!)
  const handed = vjp(seeds, slots, true).flatMap((g) => (g ? [sumFrom(square(g), 1)] : []))
  if (handed.length === 0) return undefined
  const later = pass.stackLater(pass.rebuild(total(handed)))
  pass.finish()
  const ratio = sqrt(add(div(later(), add(given, eq(given, 0))), 1e-20))
  const cost = select(gt(given, 0), square(sub(ratio, 1)), 0)
  // The first step has no predecessor inside the sequence.
  const afterFirst = (all: Node) => slice(all, 0, body.reverse ? 0 : 1, body.length - 1)
  const mask = maskOfScan(scanned)
  if (!mask) return sum(mean(afterFirst(cost), [1]))
  const inside = reshape(mask, mask.shape.slice(0, 2))
  const counts = body.reverse ? slice(inside, 0, 1, body.length - 1) : afterFirst(inside)
  return div(sum(mul(afterFirst(cost), counts)), maximum(sum(maxOf(inside, [0])), 1))
}
