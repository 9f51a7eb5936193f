// The format text<TAB>text: two texts per line; further columns are ignored.
import { defineLineFormat, isTwoColumns, lineError, quoted } from './format.ts'

export const pairLines = defineLineFormat({
  id: 'pair-lines',
  title: 'pairs (a text, a tab, another text)',
  matches: isTwoColumns,
  parse(text, line, cut) {
    const [source, target] = text.split('\t').map((column) => cut(column.trim()))
    if (!target)
      throw lineError(
        line,
        `no tab in ${quoted(text)}. A line is a text, a tab and the other text; or choose another task.`,
      )
    if (source!.symbols.length === 0 || target.symbols.length === 0)
      throw lineError(
        line,
        `the text ${source!.symbols.length === 0 ? 'before' : 'after'} the tab is missing. Add it, or remove the line.`,
      )
    return { line, source: source!, target: target.symbols }
  },
})

/** The line with its first two columns exchanged; unchanged if one of them is missing, which its format refuses. */
export function swappedColumns(line: string): string {
  const [first, second, ...rest] = line.split('\t')
  return first!.trim() && second?.trim() ? [second, first, ...rest].join('\t') : line
}
