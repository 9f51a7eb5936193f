// Two files whose lines pair: line n of the second is the other text of line n of the first.
import { formatError, noteOf, oneLine, type ConvertedEnd } from './foreign.ts'

/** Lines of a text; an empty last line is none. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Pairs of lines, those with an empty side left out. Throws E_DATA_FORMAT if one file has more lines. */
export function pairedLines(sources: string, targets: string): ConvertedEnd {
  const [a, b] = [linesOf(sources), linesOf(targets)]
  if (a.length !== b.length)
    throw formatError(
      `the files have ${a.length.toLocaleString('en')} and ${b.length.toLocaleString('en')} lines. Lines pair by their number, so both need the same.`,
      Math.min(a.length, b.length) + 1,
    )
  let empty = 0
  const lines = a.flatMap((source, i) => {
    const pair = [oneLine(source), oneLine(b[i]!)]
    if (pair[0] !== '' && pair[1] !== '') return [`${pair.join('\t')}\n`]
    empty++
    return []
  })
  const notes = empty > 0 ? [noteOf(`${empty.toLocaleString('en')} pairs with an empty line left out.`)] : []
  return { text: lines.join(''), notes }
}
