// Positions between two marks, as a depth: 0 outside, 1 from the opening mark up to, not including, the closing one.
import { isLineBreak } from '../../data/lineBreaks.ts'
import type { ReadText } from './readText.ts'

/**
 * Number of open pairs of marks at the first character of each symbol. Equal marks alternate; marks that differ nest; a closing mark that
 * begins with a line break closes all; a closing mark without an open one means nothing.
 */
export function depthOf({ whole, begins }: ReadText, open: string, close: string): Float64Array {
  const endsAll = isLineBreak(close[0]!)
  const depths = new Float64Array(begins.length)
  let depth = 0
  let t = 0
  for (let at = 0; at < whole.length;) {
    let length = 1
    if (depth > 0 && whole.startsWith(close, at)) {
      depth = endsAll ? 0 : depth - 1
      length = close.length
    } else if (whole.startsWith(open, at) && (depth === 0 || open !== close)) {
      depth++
      length = open.length
    }
    at += length
    while (t < begins.length && begins[t]! < at) depths[t++] = depth
  }
  return depths
}
