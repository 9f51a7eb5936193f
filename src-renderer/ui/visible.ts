// Makes characters visible that would hide or reorder what stands beside them: controls, bidi marks, zero-width, tags. Pure.

export interface Segment {
  text: string
  /** Set if `text` is one invisible character: what to show in its place. */
  mark?: string
}

const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu // eslint-disable-line no-control-regex

const names: Record<number, string> = {
  0x09: 'TAB', 0x0a: 'LF', 0x0d: 'CR', 0x20: 'SPACE', 0xa0: 'NBSP', 0xad: 'SHY', 0x061c: 'ALM', 0x200b: 'ZWSP', 0x200c: 'ZWNJ',
  0x200d: 'ZWJ', 0x200e: 'LRM', 0x200f: 'RLM', 0x2028: 'LS', 0x2029: 'PS', 0x202a: 'LRE', 0x202b: 'RLE', 0x202c: 'PDF',
  0x202d: 'LRO', 0x202e: 'RLO', 0x2060: 'WJ', 0x2066: 'LRI', 0x2067: 'RLI', 0x2068: 'FSI', 0x2069: 'PDI', 0xfeff: 'BOM',
} // prettier-ignore

/** "U+202E" or a short name such as "RLO". */
export function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A joiner between two pictures belongs to one emoji and is no trick. */
const joinsPictures = (before: string, after: string) =>
  /[\p{Extended_Pictographic}\u{1f3fb}-\u{1f3ff}\ufe0f]$/u.test(before) && /^\p{Extended_Pictographic}/u.test(after)

/** Splits a text where invisible characters stand. Joined text equals the input. */
export function segments(text: string): Segment[] {
  const out: Segment[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    const at = match.index
    const end = at + match[0].length
    if (match[0] === '\u200d' && joinsPictures(text.slice(Math.max(0, at - 4), at), text.slice(end, end + 4))) continue
    if (at > from) out.push({ text: text.slice(from, at) })
    out.push({ text: match[0], mark: markOf(match[0]) })
    from = end
  }
  if (from < text.length) out.push({ text: text.slice(from) })
  return out
}

/** The same for places that hold plain text only: labels, titles, options. Marks stand in angle quotes: ‹RLO›. */
export const visibleText = (text: string): string =>
  segments(text)
    .map((part) => (part.mark ? `‹${part.mark}›` : part.text))
    .join('')

/** One symbol of a vocabulary: spaces and controls by name, the rest as it is. */
export function symbolText(symbol: string): { text: string; named: boolean } {
  if (symbol === ' ' || symbol === '\u00a0') return { text: markOf(symbol), named: true }
  const parts = segments(symbol)
  return parts.length === 1 && parts[0]!.mark ? { text: parts[0]!.mark, named: true } : { text: visibleText(symbol), named: false }
}
