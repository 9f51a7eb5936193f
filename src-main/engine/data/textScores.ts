// Scores of output texts against references: BLEU and chrF over a corpus, as sums of counts that are added over texts. One reference per text.

/** Orders of the n-grams of symbols of BLEU, and of those of characters of chrF. */
const [bleuOrders, chrfOrders] = [4, 6]
/** Weight of recall in chrF. */
const beta = 2

/** How often each n-gram occurs. */
function ngrams(symbols: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let from = 0; from + order <= symbols.length; from++) {
    const key = symbols.slice(from, from + order).join('\u0000')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** For each order: n-grams of the output, of the reference, and those in common, each counted as often as in the text that has fewer. */
function countsOf(output: readonly string[], reference: readonly string[], orders: number): number[] {
  return Array.from({ length: orders }, (_, i) => i + 1).flatMap((order) => {
    const [own, wanted] = [ngrams(output, order), ngrams(reference, order)]
    const common = [...own].reduce((sum, [key, n]) => sum + Math.min(n, wanted.get(key) ?? 0), 0)
    const all = (symbols: readonly string[]) => Math.max(0, symbols.length - order + 1)
    return [all(output), all(reference), common]
  })
}

/** The counts of one output for `bleu`; texts as their symbols. */
export const bleuCounts = (output: readonly string[], reference: readonly string[]): number[] =>
  countsOf(output, reference, bleuOrders)

/**
 * Corpus BLEU, 0 to 100, of added counts (Papineni et al. 2002): n-grams up to 4, brevity penalty; an order without a match counts as 1/2, 1/4 ... of
 * one (smoothing "exp" of sacreBLEU). 0 if no output has 4 symbols or nothing matches.
 */
export function bleu(counts: readonly number[]): number {
  const [length, wanted] = [counts[0]!, counts[1]!]
  let smooth = 1
  let logs = 0
  let any = 0
  for (let i = 0; i < bleuOrders; i++) {
    const [total, common] = [counts[3 * i]!, counts[3 * i + 2]!]
    if (total === 0) return 0
    any += common
    logs += Math.log(common > 0 ? common / total : 1 / ((smooth *= 2) * total))
  }
  const brevity = length < wanted ? Math.exp(1 - wanted / length) : 1
  return any === 0 ? 0 : 100 * brevity * Math.exp(logs / bleuOrders)
}

const characters = (text: string): string[] => [...text.replace(/\s+/gu, '')]

/** The counts of one output text for `chrf`. */
export const chrfCounts = (output: string, reference: string): number[] =>
  countsOf(characters(output), characters(reference), chrfOrders)

/**
 * Corpus chrF, 0 to 100, of added counts (Popovic 2015): F with beta 2 of the mean precision and recall of n-grams of 1 to 6 characters, white space
 * left out. Orders that one side lacks do not count.
 */
export function chrf(counts: readonly number[]): number {
  let [precision, recall, orders] = [0, 0, 0]
  for (let i = 0; i < chrfOrders; i++) {
    const [own, wanted, common] = counts.slice(3 * i, 3 * i + 3) as [number, number, number]
    if (own === 0 || wanted === 0) continue
    precision += common / own
    recall += common / wanted
    orders++
  }
  if (precision + recall === 0) return 0
  const square = beta ** 2
  return (100 * (1 + square) * precision * recall) / (square * precision + recall) / orders
}
