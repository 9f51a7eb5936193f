// The format label<TAB>text: one label per line.
import { defineLineFormat, isTwoColumns, lineError, quoted, wordCount } from './format.ts'

export const labelledLines = defineLineFormat({
  id: 'labelled-lines',
  title: 'labelled lines (a label, a tab, a text)',
  asRunningText: 'set data.labels to drop',
  /** Two columns, of which the first is short and has few distinct values. */
  matches(lines) {
    const labels = lines.map((line) => line.split('\t')[0]!)
    const isShort = labels.every((label) => label.trim() !== '' && wordCount(label) <= 3)
    return isTwoColumns(lines) && isShort && new Set(labels).size <= Math.max(2, lines.length / 2)
  },
  parse(text, line, cut) {
    const at = text.indexOf('\t')
    if (at < 0)
      throw lineError(
        line,
        `no tab in ${quoted(text)}. A line is a label, a tab and the text; or choose another task.`,
      )
    const label = text.slice(0, at).trim()
    if (label === '') throw lineError(line, 'the label before the tab is missing. Add it.')
    const source = cut(
      text
        .slice(at + 1)
        .replaceAll('\t', ' ')
        .trim(),
    )
    if (source.symbols.length === 0)
      throw lineError(line, 'the text after the tab is missing. Add it, or remove the line.')
    return { line, source, target: [label] }
  },
})
