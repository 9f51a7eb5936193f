// Sequences over time as (T, B, D): the value at a step, at the last step of each sequence, and windows of steps.
import type { Node } from '../graph/node.ts'
import { add, concat, maxOf, mul, reshape, slice, sub, sum, zeros } from '../graph/ops.ts'
import type { SequenceNetwork } from './network.ts'

/** (T, B, D) -> (B, D) at step t. */
export const atStep = (stack: Node, t: number): Node => reshape(slice(stack, 0, t, 1), stack.shape.slice(1))

/** Features (T, B, D) -> (1, B, D) at the last step of each sequence; the half of a reverse direction at its last step, t = 0. */
export function lastOutput(
  { bidirectional }: Pick<SequenceNetwork, 'bidirectional'>,
  { features, mask }: { features: Node; mask: Node | undefined },
): Node {
  const steps = features.shape[0]!
  const column = mask && reshape(mask, [...mask.shape, 1])
  const lastStep = (x: Node) => {
    if (!column) return slice(x, 0, steps - 1, 1)
    const after =
      steps > 1
        ? concat([slice(column, 0, 1, steps - 1), zeros([1, ...column.shape.slice(1)])], 0)
        : zeros(column.shape)
    const ended = sum(mul(sub(column, after), x), [0])
    return reshape(ended, [1, ...ended.shape])
  }
  if (!bidirectional) return lastStep(features)
  const half = features.shape[2]! / 2
  return concat([lastStep(slice(features, 2, 0, half)), slice(slice(features, 2, half, half), 0, 0, 1)], 2)
}

/** States (T, B, D) -> (B, D) after the last step of each sequence; `start` (B, D) for sequences without steps. mask (T, B, 1). */
export function lastOf(stack: Node, start: Node, mask: Node | undefined, reverse: boolean): Node {
  const steps = stack.shape[0]!
  if (reverse || !mask) return atStep(stack, reverse ? 0 : steps - 1)
  const gone = zeros([1, ...mask.shape.slice(1)])
  const last = sub(mask, steps > 1 ? concat([slice(mask, 0, 1, steps - 1), gone], 0) : gone)
  return add(sum(mul(stack, last), [0]), mul(start, sub(1, atStep(mask, 0))))
}

/** (T, B, D) -> (ceil(T / k), B, k * D): k consecutive steps concatenated, padded with zeros. */
export function inWindows(x: Node, k: number): Node {
  if (k === 1) return x
  const [steps, batch, width] = x.shape as [number, number, number]
  const count = Math.ceil(steps / k)
  const rest = count * k - steps
  const whole = rest > 0 ? concat([x, zeros([rest, batch, width])], 0) : x
  const parts = reshape(whole, [count, k, batch, width])
  return concat(
    Array.from({ length: k }, (_, j) => reshape(slice(parts, 1, j, 1), [count, batch, width])),
    2,
  )
}

/** (T, B) -> (ceil(T / k), B): 1 where any step of the window is 1. */
export function maskOfWindows(mask: Node, k: number): Node {
  if (k === 1) return mask
  const [steps, batch] = mask.shape as [number, number]
  const windows = inWindows(reshape(mask, [steps, batch, 1]), k)
  return maxOf(windows, [2])
}
