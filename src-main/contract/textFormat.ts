// What the beginning of a text looks like: running text, lines of examples that can be read as such, or a format that has no reader.
// A guess for advice only; nothing is read differently because of it.

export interface TextFormat {
  /** For sentences: "labelled lines (a label, a tab, a text)". */
  title: string
  /** How it is best read; text where no reader fits better. */
  reads: 'text' | 'labelled' | 'tagged' | 'pairs'
}

/** Lines that are looked at, and how many of them it takes to tell anything. */
const looked = 200
const least = 3

type Test = (lines: readonly string[], whole: readonly string[]) => boolean

const isJson = (line: string): boolean => {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
/** How often `separator` stands outside quotes. */
const separators = (line: string, separator: string): number =>
  line.replace(/"(?:[^"]|"")*"/g, '').split(separator).length - 1
const sameCount = (lines: readonly string[], separator: string, atLeast: number): boolean => {
  const counts = new Set(lines.map((line) => separators(line, separator)))
  return counts.size === 1 && [...counts][0]! >= atLeast
}
const columns = (line: string) => line.split('\t')
const words = (text: string) => text.trim().split(/\s+/).length
const most = (lines: readonly string[], test: (line: string) => boolean) =>
  lines.filter(test).length >= 0.9 * lines.length

const isTagged: Test = (lines) => {
  const tokens = lines.flatMap((line) => line.trim().split(/\s+/))
  return tokens.filter((token) => /^\S+\/[^/\sa-z]{1,8}$/.test(token)).length >= 0.9 * tokens.length
}
const isTwoColumns: Test = (lines) => lines.length >= 2 && lines.every((line) => columns(line).length === 2)
/** Few different short first columns before longer texts. */
const isLabelled: Test = (lines, whole) => {
  const labels = lines.map((line) => columns(line)[0]!)
  const isShort = labels.every((label) => label.trim() !== '' && words(label) <= 3)
  return isTwoColumns(lines, whole) && isShort && new Set(labels).size <= Math.max(2, lines.length / 2)
}

const rows: { title: string; reads: TextFormat['reads']; fits: Test; ending?: RegExp }[] = [
  { title: 'labelled lines (a label, a tab, a text)', reads: 'labelled', fits: isLabelled },
  { title: 'pairs (a text, a tab, another text)', reads: 'pairs', fits: isTwoColumns },
  { title: 'tagged words (word/TAG)', reads: 'tagged', fits: isTagged },
  { title: 'JSON, an object on every line', reads: 'text', fits: (lines) => lines.length >= 2 && lines.every(isJson), ending: /\.(jsonl|ndjson)$/i },
  { title: 'JSON', reads: 'text', fits: (lines) => /^\s*(\{\s*("|$)|\[\s*(\[|\{|"|$))/.test(lines[0]!), ending: /\.json$/i },
  { title: 'bracketed trees, as in a tree bank', reads: 'text', fits: (lines) => most(lines, (line) => /^\s*\(/.test(line)) && (lines.join('\n').match(/\([^\s()]+ [^\s()]+\)/g)?.length ?? 0) >= least },
  { title: 'a page of HTML or XML', reads: 'text', fits: (lines) => /^\s*<(\?xml|!doctype|html)\b/i.test(lines[0]!) },
  { title: 'a word with its columns on every line (CoNLL)', reads: 'text', fits: (lines, whole) => whole.some((line) => line.trim() === '') && lines.length >= least && [' ', '\t'].some((gap) => sameCount(lines, gap, 1)) && lines.every((line) => words(line) <= 15) },
  { title: 'a table with tabs between its columns (TSV)', reads: 'text', fits: (lines) => lines.length >= least && sameCount(lines, '\t', 2) },
  { title: 'comma-separated values (CSV)', reads: 'text', fits: (lines) => lines.length >= 5 && [',', ';'].some((separator) => sameCount(lines, separator, 2)), ending: /\.csv$/i },
] // prettier-ignore

/** The format of a text by its name and its beginning; undefined for running text. */
export function textFormatOf(name: string, beginning: string): TextFormat | undefined {
  const whole = beginning.split(/\r\n|\n|\r/).slice(0, looked)
  // The last line may be cut.
  if (whole.length > 2) whole.pop()
  const lines = whole.filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  const found = rows.find(({ fits, ending }) => ending?.test(name) || fits(lines, whole))
  return found && { title: found.title, reads: found.reads }
}

/** What to say where such a text is read as running text. */
export function formatAdvice({ title, reads }: TextFormat): string {
  const advice =
    reads === 'text'
      ? 'There is no reader for that format: to learn a part of it, save that as lines of label, tab, text, of word/TAG, or of text, tab, text'
      : `To learn ${{ labelled: 'the labels', tagged: 'the tags', pairs: 'the second texts' }[reads]}, set data.kind to examples and data.format to ${reads}`
  return `it looks like ${title}. As running text it is read symbol by symbol, separators included. ${advice}.`
}
