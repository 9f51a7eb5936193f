// `unroll inspect RUN --card`: the card of one unit as text. Layers are counted from 1 here.
import { largest } from '../../contract/longLists.ts'
import { symbolClasses, type SimilarUnit, type UnitCard, type UnitContext } from '../../contract/unitCard.ts'
import { heatColor, paint } from './heat.ts'
import { figure, table } from './format.ts'
import type { Output } from './output.ts'
import { escapeControls } from '../escapeControls.ts'

/** The card with layers counted from 1. */
export function withLayersFromOne(card: UnitCard): UnitCard {
  const from1 = (units: readonly SimilarUnit[]) => units.map((one) => ({ ...one, layer: one.layer + 1 }))
  return {
    ...card,
    layer: card.layer + 1,
    outgoing: {
      ...card.outgoing,
      next: card.outgoing.next.map((one) => ({ ...one, layer: one.layer === null ? null : one.layer + 1 })),
    },
    similar: { here: from1(card.similar.here), others: from1(card.similar.others) },
  }
}

/** A symbol in one line, white space as signs. */
const visible = (symbol: string): string =>
  escapeControls(symbol).replaceAll(/\r?\n/g, '⏎').replaceAll('\t', '⇥')
const quoted = (symbol: string): string => (/^\s+$/.test(symbol) ? JSON.stringify(symbol) : visible(symbol))
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Bars of eight heights, one per bin. */
function bars(counts: readonly number[], most: number): string {
  const heights = ' ▁▂▃▄▅▆▇█'
  return counts.map((n) => heights[n === 0 ? 0 : Math.max(1, Math.round((8 * n) / most))]!).join('')
}

/** Prints a card whose layers count from 1. */
export function printCard(card: UnitCard, out: Output): void {
  const { histogram, story, gates, autocorrelation, outgoing, similar } = card
  out.line(
    `layer ${card.layer}  signal ${card.signal}  unit ${card.unit} of ${card.units}  step ${card.step}  ${card.positions} symbols${card.sequences > 1 ? ` in ${card.sequences} lines` : ''}`,
  )
  out.line(story.sentence)
  out.line()
  out.line(
    `mean ${figure(card.mean)}  deviation ${figure(card.deviation)}  ${figure(histogram.lo)} to ${figure(histogram.hi)}`,
  )
  const most = Math.max(1, largest(histogram.counts.map((counts) => largest(counts))))
  symbolClasses.forEach((name, i) => {
    const counts = histogram.counts[i]!
    if (counts.some((n) => n > 0)) out.line(`${name.padEnd(12)} |${bars(counts, most)}|`)
  })
  const { split } = card
  for (const [name, counts] of split
    ? ([
        ['holds', split.holds],
        ['else', split.others],
      ] as const)
    : [])
    out.line(`${name.padEnd(12)} |${bars(counts, Math.max(1, largest(counts)))}|`)
  for (const [title, contexts] of [
    ['largest values', card.top],
    ['smallest values', card.bottom],
    ['nearest to the median', card.middle],
  ] as const) {
    out.line()
    out.line(title)
    printContexts(contexts, card, out)
  }
  for (const { lo, hi, share, contexts } of card.intervals) {
    out.line()
    out.line(`${figure(lo)} to ${figure(hi)}: ${percent(share)} of positions`)
    printContexts(contexts, card, out)
  }
  const rows = (headings: string[], body: string[][]) => {
    if (body.length === 0) return
    out.line()
    for (const line of table(headings, body)) out.line(line)
  }
  rows(
    ['read', 'times>', `mean step of ${story.state}>`, 'write>', ...story.signals.map((id) => `${id}>`)],
    story.symbols.map(({ symbol, role, count, step, write, means }) => [
      [role, quoted(symbol)].filter(Boolean).join(' '),
      String(count),
      figure(step),
      figure(write),
      ...means.map((mean) => mean.toFixed(2)),
    ]),
  )
  rows(
    ['gate', 'below 0.1>', 'above 0.9>'],
    gates.map(({ signal, closed, open }) => [signal, percent(closed), percent(open)]),
  )
  rows(
    ['autocorrelation at lag>', 'this unit>', 'median unit>'],
    autocorrelation.lags.map((lag, k) => [
      String(lag),
      figure(autocorrelation.unit[k]),
      figure(autocorrelation.median[k]),
    ]),
  )
  const { raises = [], lowers = [] } = outgoing.output ?? {}
  rows(
    ['raises', 'weight>', 'lowers', 'weight>'],
    Array.from({ length: Math.max(raises.length, lowers.length) }, (_, i) =>
      [raises[i], lowers[i]].flatMap((one) => (one ? [quoted(one.symbol), figure(one.weight)] : ['', ''])),
    ),
  )
  rows(
    ['read by', 'gate', 'units: weights'],
    outgoing.next.map(({ layer, reverse, gate, units }) => [
      layer === null ? 'hidden layer before the output' : `layer ${layer}${reverse ? ' (reverse)' : ''}`,
      gate,
      units.map(({ unit, weight }) => `${unit}: ${figure(weight)}`).join(', '),
    ]),
  )
  rows(
    ['similar: layer>', 'unit>', 'correlation>'],
    [...similar.here, ...similar.others].map(({ layer, unit, correlation }) => [
      String(layer),
      String(unit),
      figure(correlation),
    ]),
  )
}

/** Position, value and window of each context; coloured by the values on a terminal, else with the position marked by brackets. */
function printContexts(
  contexts: readonly UnitContext[],
  { histogram: { lo, hi } }: UnitCard,
  out: Output,
): void {
  const reach = Math.max(Math.abs(lo), Math.abs(hi)) || 1
  for (const { position, value, from, tokens, spaces, values } of contexts) {
    const head = `${String(position).padStart(7)} ${figure(value).padStart(8)}  `
    const parts = tokens.map((token, i) => {
      const space = spaces[i] ? ' ' : ''
      if (out.colors)
        return space + paint(visible(token), heatColor((values[i]! / reach + 1) / 2), out.colors)
      return space + (from + i === position ? `[${visible(token)}]` : visible(token))
    })
    if (out.colors) out.painted(head + parts.join(''))
    else out.line(head + parts.join(''))
  }
}
