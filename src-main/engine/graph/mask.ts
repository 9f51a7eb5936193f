// The padding mask of a scan, recognised by its step: where the mask is 0, states keep their value.
import type { Node } from './node.ts'
import { scanXs } from './scan.ts'

/** The mask (T, B, 1) of a scan whose states are select(mask, new, old); undefined if it has none. */
export function maskOfScan(scanned: Node): Node | undefined {
  const { xs, state, next } = scanned.attrs.body!
  for (const [k, node] of next.entries()) {
    const at = node.op === 'select' && node.inputs[2] === state[k] ? xs.indexOf(node.inputs[0]!) : -1
    if (at >= 0) return scanXs(scanned)[at]
  }
  return undefined
}
