// The two texts of a patching: a text with one symbol replaced, and an example from the text of a run. Pure.

/** The clean and the corrupted text. */
export interface TextPair {
  clean: string
  corrupted: string
}

/** A text with its character `at` (in code points) replaced. */
export const replaced = (text: string, at: number, by: string): string =>
  [...text].map((symbol, t) => (t === at ? by : symbol)).join('')

/** The first character (in code points) at which texts differ; -1 if one begins with the other. */
export function firstDifference(a: string, b: string): number {
  const [first, second] = [[...a], [...b]]
  return first.findIndex((symbol, t) => second[t] !== undefined && symbol !== second[t])
}

const before = 20
const shortest = 10

/**
 * A pair from the symbols of a text: up to a closing quotation mark, its opening mark replaced by a space, if there is a quotation of 10 to 60
 * symbols; else the first 40 symbols, the tenth replaced by the one after it that differs. Null for texts that are too short.
 */
export function examplePair(tokens: readonly string[]): TextPair | null {
  const text = tokens.join('')
  for (const { index, 0: quotation } of text.matchAll(/"[^"\s][^"]*"/g)) {
    if (quotation.length < shortest || quotation.length > 60) continue
    const lead = text.slice(Math.max(0, index - before), index)
    return { clean: lead + quotation, corrupted: `${lead} ${quotation.slice(1)}` }
  }
  const clean = [...text].slice(0, 40)
  const other = clean.findIndex((symbol, t) => t > 9 && symbol !== clean[9])
  if (other < 0 || other >= clean.length - 1) return null
  return { clean: clean.join(''), corrupted: replaced(clean.join(''), 9, clean[other]!) }
}
