// The mask of a scan over padded sequences, read off its step: states hold where the mask is 0.
import type { Node } from './node.ts'
import { scanXs } from './scan.ts'

/** (T, B, 1), of a scan whose states are select(mask, new, old); undefined where nothing holds them. */
export function maskOfScan(scanned: Node): Node | undefined {
  const { xs, state, next } = scanned.attrs.body!
  for (const [k, node] of next.entries()) {
    const at = node.op === 'select' && node.inputs[2] === state[k] ? xs.indexOf(node.inputs[0]!) : -1
    if (at >= 0) return scanXs(scanned)[at]
  }
  return undefined
}
