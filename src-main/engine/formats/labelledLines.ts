// label<TAB>text: one label for each line.
import { defineLineFormat, isTwoColumns, lineFault, quoted, wordCount } from './format.ts'

export const labelledLines = defineLineFormat({
  id: 'labelled-lines',
  title: 'labelled lines (a label, a tab, a text)',
  /** Few different short first columns before longer texts. */
  looksLike(lines) {
    const labels = lines.map((line) => line.split('\t')[0]!)
    const isShort = labels.every((label) => label.trim() !== '' && wordCount(label) <= 3)
    return isTwoColumns(lines) && isShort && new Set(labels).size <= Math.max(2, lines.length / 2)
  },
  parse(text, line, cut) {
    const at = text.indexOf('\t')
    if (at < 0)
      throw lineFault(
        line,
        `no tab in ${quoted(text)}. A line is a label, a tab and the text; or choose another task.`,
      )
    const label = text.slice(0, at).trim()
    if (label === '') throw lineFault(line, 'nothing stands before the tab. Write the label there.')
    const source = cut(
      text
        .slice(at + 1)
        .replaceAll('\t', ' ')
        .trim(),
    )
    if (source.symbols.length === 0)
      throw lineFault(line, 'nothing stands behind the tab. Write the text there, or remove the line.')
    return { line, source, target: [label] }
  },
})
