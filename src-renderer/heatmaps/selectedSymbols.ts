// Which symbols of a coloured text are selected on the page. Only lines that are rendered can hold an end of the selection.

/** A rendered line, an element with `data-line`: its number, its first symbol, and the text of each of its symbols. */
export interface RenderedLine {
  index: number
  begin: number
  pieces: readonly string[]
}

/** The symbols from .. to (exclusive) between the ends of the page's selection; null without one that lies in these lines. */
export function selectedSymbols(lines: readonly RenderedLine[]): [from: number, to: number] | null {
  const selection = window.getSelection()
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const from = symbolOf(lines, range.startContainer, range.startOffset)
  const to = symbolOf(lines, range.endContainer, range.endOffset)
  return from === null || to === null ? null : [from, to]
}

function symbolOf(lines: readonly RenderedLine[], node: Node, offset: number): number | null {
  const element = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('[data-line]')
  const line = lines.find((one) => one.index === Number(element?.dataset['line'] ?? -1))
  if (!line) return null
  if (node instanceof Element) return line.begin + (offset === 0 ? 0 : line.pieces.length)
  let used = 0
  const at = line.pieces.findIndex((piece) => (used += piece.length) > offset)
  return line.begin + (at < 0 ? line.pieces.length : at)
}
