// The alignment of an output text in the terminal: a row per output symbol with a shade per source symbol, or its largest weights if the
// rows are wider than the terminal.
import type { Alignment } from '../../contract/alignment.ts'
import { largest } from '../../contract/longLists.ts'
import { figure, table } from './format.ts'

const shades = ' ░▒▓█'
const shadeOf = (weight: number): string => shades[Math.round((shades.length - 1) * weight)]!
const shown = (symbol: string): string => symbol.replaceAll(' ', '␣')
const lengthOf = (text: string): number => [...text].length

/** Lines of at most `columns` characters: the source across, the output down. */
export function alignmentLines(alignment: Alignment, columns: number): string[] {
  const { output, weights } = alignment
  const source = alignment.source.map(shown)
  const first = largest([0, ...output.map(lengthOf)])
  const widths = source.map((symbol) => Math.max(2, lengthOf(symbol)))
  if (first + widths.reduce((sum, w) => sum + w + 1, 0) > columns) return largestWeights(alignment)
  const cell = (text: string, width: number) => text + ' '.repeat(width - lengthOf(text))
  const line = (head: string, cells: readonly string[]) =>
    [' '.repeat(first - lengthOf(head)) + head, ...cells].join(' ').trimEnd()
  return [
    line('', source.map((symbol, s) => cell(symbol, widths[s]!))), // prettier-ignore
    ...output.map((symbol, t) =>
      line(
        shown(symbol),
        widths.map((width, s) => shadeOf(weights[t]![s]!).repeat(width)),
      ),
    ),
  ]
}

const listed = 3

function largestWeights({ source, output, weights }: Alignment): string[] {
  const rows = output.map((symbol, t) => {
    const ranked = weights[t]!.map((weight, s) => ({ weight, s })).sort((a, b) => b.weight - a.weight)
    const from = ranked.slice(0, listed).filter(({ weight }) => weight >= 0.05)
    return [shown(symbol), from.map(({ weight, s }) => `${shown(source[s]!)} ${figure(weight)}`).join(', ')]
  })
  return table(['symbol', 'from'], rows)
}
