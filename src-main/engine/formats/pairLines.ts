// text<TAB>text: two texts on each line; more columns are not read.
import { defineLineFormat, isTwoColumns, lineFault, quoted } from './format.ts'

export const pairLines = defineLineFormat({
  id: 'pair-lines',
  title: 'pairs (a text, a tab, another text)',
  looksLike: isTwoColumns,
  parse(text, line, cut) {
    const [source, target] = text.split('\t').map((column) => cut(column.trim()))
    if (!target)
      throw lineFault(
        line,
        `no tab in ${quoted(text)}. A line is a text, a tab and the other text; or choose another task.`,
      )
    if (source!.symbols.length === 0 || target.symbols.length === 0)
      throw lineFault(
        line,
        `nothing stands ${source!.symbols.length === 0 ? 'before' : 'behind'} the tab. Write both texts, or remove the line.`,
      )
    return { line, source: source!, target: target.symbols }
  },
})
