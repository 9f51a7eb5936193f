// Metric names -> sections of charts. `train/loss` and `val/loss` are one quantity measured on two parts and share a chart.
// Names without a slash, or with another prefix, are charts of their own under that prefix.
import { layerTitle } from '@contract/layerPath.ts'

/** The parts of the data that one quantity is measured on; others are ordinary prefixes. */
const parts = new Map([
  ['train', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
])

export interface ChartSpec {
  /** Stable key, also the chart's title: `loss`, `system/memory`. */
  key: string
  title: string
  metrics: { name: string; variant: string }[]
}

export interface Section {
  name: string
  charts: ChartSpec[]
}

const wellKnown: Record<string, string> = {
  loss: 'Loss',
  epoch_loss: 'Loss per epoch',
  perplexity: 'Perplexity',
  accuracy: 'Accuracy',
  bpc: 'Bits per character',
  bits_per_pixel: 'Bits per pixel',
  bit_error: 'Wrong bits',
  solved: 'Solved',
  mse: 'Mean squared error',
  persistence_mse: 'Squared error of repeating the last value',
  exact: 'Right throughout',
  legal: 'Legal symbols foretold',
  length_right: 'Right length',
  beyond_exact: 'Right beyond the lengths learnt',
  gradient_norm: 'Gradient norm',
  learning_rate: 'Learning rate',
  tokens_per_second: 'Tokens per second',
}
const order = [
  'loss',
  'perplexity',
  'bpc',
  'bits_per_pixel',
  'accuracy',
  'legal',
  'exact',
  'beyond_exact',
  'length_right',
  'mse',
  'solved',
  'bit_error',
]

/** Well-known quantities by name, what is measured on a part of the network after that part. */
function titleOf(key: string): string {
  const [section, ...path] = key.split('/')
  if (section === 'radius') return path.join('/')
  if (section === 'flow' && path[1] === 'first_over_last')
    return `Gradient ratio, first step / last, ${layerTitle(path[0]!)}`
  return wellKnown[key.split('/').at(-1)!] ?? key
}

/** Sections in order of importance: what is learnt first, then the rest by prefix. Names keep their order within a chart: train, val, test. */
export function sectionsOf(names: Iterable<string>): Section[] {
  const sections = new Map<string, Map<string, ChartSpec>>()
  const shared = new Set<string>()
  const all = [...new Set(names)].sort()
  const split = (name: string) => {
    const slash = name.indexOf('/')
    return slash < 0 ? ['', name] : [name.slice(0, slash), name.slice(slash + 1)]
  }
  for (const name of all) {
    const [prefix, rest] = split(name) as [string, string]
    if (parts.has(prefix) && prefix !== 'train') shared.add(rest)
  }
  for (const name of all) {
    const [prefix, rest] = split(name) as [string, string]
    const part = parts.get(prefix)
    const joins = part !== undefined && (shared.has(rest) || order.includes(rest))
    const section = joins ? 'learning' : prefix || 'other'
    const key = joins ? rest : name
    const charts = sections.get(section) ?? new Map<string, ChartSpec>()
    sections.set(section, charts)
    const chart = charts.get(key) ?? { key, title: titleOf(key), metrics: [] }
    charts.set(key, chart)
    chart.metrics.push({ name, variant: joins ? part : '' })
  }
  const rank = ['train', 'val', 'test']
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length)
  return [...sections.entries()]
    .sort(([a], [b]) => Number(b === 'learning') - Number(a === 'learning') || a.localeCompare(b))
    .map(([name, charts]) => ({
      name,
      charts: [...charts.values()]
        .map((c) => ({
          ...c,
          metrics: c.metrics.sort((a, b) => rank.indexOf(a.variant) - rank.indexOf(b.variant)),
        }))
        .sort((a, b) => place(a.key) - place(b.key) || a.key.localeCompare(b.key)),
    }))
}
