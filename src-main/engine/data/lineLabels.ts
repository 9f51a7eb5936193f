// Labelled lines read as running text: what stands before the first tab of a line is its label and is left out. A line without a tab has no label.
import { lineBreak } from './lineBreaks.ts'
import { chunksOf, wholeText, type Text } from './source.ts'

/** The text without the labels of its lines; long texts stay in chunks. */
export const withoutLabels = (text: Text): Text =>
  typeof text === 'string' ? [...unlabelled(text)].join('') : { chunks: () => unlabelled(text) }

/** Yields the text without labels. The beginning of a line waits until its first tab or its end is read. */
function* unlabelled(text: Text): Generator<string, void, void> {
  /** The part of a line before its first tab, as far as it is read; undefined after the tab. */
  let beginning: string | undefined = ''
  for (const chunk of chunksOf(text)) {
    const out: string[] = []
    for (const [part] of chunk.matchAll(/[^\t\n\r\u0085\u2028\u2029]+|[^]/gu)) {
      if (part === '\t' && beginning !== undefined) beginning = undefined
      else if (lineBreak.test(part)) {
        out.push(beginning ?? '', part)
        beginning = ''
      } else if (beginning === undefined) out.push(part)
      else beginning += part
    }
    if (out.length > 0) yield out.join('')
  }
  if (beginning) yield beginning
}

/** One line of a labelled text. */
export interface LabelledLine {
  /** undefined for a line without a tab. */
  label: string | undefined
  text: string
  /** The line break after it; empty at the end of the text. */
  end: string
}

/** The lines of a labelled text, in order. */
export function* labelledLinesOf(text: Text): Generator<LabelledLine, void, void> {
  const whole = wholeText(text)
  const ends = new RegExp(lineBreak, 'g')
  for (let from = 0; from < whole.length; from = ends.lastIndex) {
    const end = ends.exec(whole)
    const line = whole.slice(from, end?.index ?? whole.length)
    const tab = line.indexOf('\t')
    yield {
      label: tab < 0 ? undefined : line.slice(0, tab).trim(),
      text: line.slice(tab + 1),
      end: end?.[0] ?? '',
    }
    if (!end) return
  }
}
