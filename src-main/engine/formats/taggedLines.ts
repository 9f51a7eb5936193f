// The format word/TAG word/TAG: one tag per word.
import { defineLineFormat, lineError, quoted } from './format.ts'

export const taggedLines = defineLineFormat({
  id: 'tagged-lines',
  title: 'tagged words (word/TAG)',
  matches(lines) {
    const tokens = lines.flatMap((line) => line.trim().split(/\s+/))
    return tokens.filter((token) => /^\S+\/[^/\sa-z]{1,8}$/.test(token)).length >= 0.9 * tokens.length
  },
  parse(text, line, cut) {
    const tokens = text.trim().split(/\s+/)
    const at = tokens.map((token) => token.lastIndexOf('/'))
    const bad = tokens.findIndex((token, i) => at[i]! < 1 || at[i]! === token.length - 1)
    if (bad >= 0)
      throw lineError(
        line,
        `${quoted(tokens[bad]!)} has no tag. Every word is word/TAG; or choose another task.`,
      )
    const words = tokens.map((token, i) => token.slice(0, at[i]))
    return { line, source: cut(words.join(' ')), target: tokens.map((token, i) => token.slice(at[i]! + 1)) }
  },
})
