// Makes control, bidirectional, zero-width and tag characters visible, which could hide or reorder text. Pure.

export interface Segment {
  text: string
  /** Replacement to display if `text` is one invisible character; otherwise undefined. */
  mark?: string
}

/** Ranges [first, last] of invisible code points, ascending; without variation selectors 15 and 16, which are part of emoji. */
const hiddenRanges = [
  [0x00, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x34f, 0x34f], [0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f],
  [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfe00, 0xfe0d], [0xfeff, 0xfeff], [0xffa0, 0xffa0],
  [0xfff9, 0xfffb], [0xe0000, 0xe0fff],
] as const // prettier-ignore
const isHidden = (code: number): boolean =>
  hiddenRanges.some(([first, last]) => code >= first && code <= last)

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

/** Whether a joiner (U+200D) is between two pictographs and so part of one emoji. */
const joinsImages = (before: string, after: string) =>
  /(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u.test(before) &&
  /^\p{Extended_Pictographic}/u.test(after)

/** Splits a text at invisible characters; the joined parts equal the input. */
export function segments(text: string): Segment[] {
  const out: Segment[] = []
  let from = 0
  let at = 0
  for (const character of text) {
    const end = at + character.length
    const isTrick =
      isHidden(character.codePointAt(0)!) &&
      !(character === '\u200d' && joinsImages(text.slice(Math.max(0, at - 4), at), text.slice(end, end + 4)))
    if (isTrick) {
      if (at > from) out.push({ text: text.slice(from, at) })
      out.push({ text: character, mark: markOf(character) })
      from = end
    }
    at = end
  }
  if (from < text.length) out.push({ text: text.slice(from) })
  return out
}

/** The text with invisible characters as ‹RLO›, for plain-text contexts such as labels, titles and options. */
export const visibleText = (text: string): string =>
  segments(text)
    .map((part) => (part.mark ? `‹${part.mark}›` : part.text))
    .join('')

/** Direction of a text by its first letter, so that an ellipsis is at its end. */
export const directionOf = (text: string): 'ltr' | 'rtl' =>
  /^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(
    /\p{L}.*/su.exec(text)?.[0] ?? '',
  )
    ? 'rtl'
    : 'ltr'

/** One symbol of a vocabulary: spaces and controls by name, the rest as it is. */
export function symbolText(symbol: string): { text: string; named: boolean } {
  if (symbol === ' ' || symbol === '\u00a0') return { text: markOf(symbol), named: true }
  const parts = segments(symbol)
  return parts.length === 1 && parts[0]!.mark
    ? { text: parts[0]!.mark, named: true }
    : { text: visibleText(symbol), named: false }
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A text of at most `most` displayed characters: a longer one is cut in the middle, because names of a series differ at the end. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  const seen = [...graphemes.segment(text)].map((part) => part.segment)
  if (seen.length <= most) return text
  const end = Math.floor((most - 1) / 2)
  return `${seen.slice(0, most - 1 - end).join('')}…${seen.slice(seen.length - end).join('')}`
}
