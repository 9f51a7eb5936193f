// Metric names -> sections of charts. `train/loss` and `val/loss` are one quantity measured on two parts and share a chart. What is learnt
// is what the rows of the tasks say, and what is measured on held-out data; all else stands under its prefix.
import { layerTitle } from '@contract/layerPath.ts'
import { matchPattern, metricRow, validationLoss, type MetricRow } from '@contract/metrics.ts'

/** The parts of the data that one quantity is measured on; others are ordinary prefixes. */
const parts = new Map([
  ['train', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
])

export interface ChartSpec {
  /** Stable key: `loss`, `system/memory`. */
  key: string
  title: string
  /** What is averaged over what, where its metrics have rows. */
  about?: string
  metrics: { name: string; variant: string }[]
}

export interface Section {
  name: string
  charts: ChartSpec[]
}

const split = (name: string): [prefix: string, rest: string] => {
  const slash = name.indexOf('/')
  return slash < 0 ? ['', name] : [name.slice(0, slash), name.slice(slash + 1)]
}

/** Title and meaning of the chart of a metric: those of its row, with the layer or weight that it is measured on. */
function wordsOf(
  key: string,
  name: string,
  ofTasks: readonly MetricRow[],
): Pick<ChartSpec, 'title' | 'about'> {
  const row = metricRow(name, ofTasks)
  if (!row) return { title: key }
  const measuredOn = matchPattern(row.name, name)
  if (name.startsWith('claim/')) return { title: `${row.title}, ${measuredOn!}`, about: row.about }
  return { title: measuredOn ? `${row.title}, ${layerTitle(measuredOn)}` : row.title, about: row.about }
}

/**
 * Sections in order of importance: what is learnt first, in the order of the tasks' metrics, then the rest by prefix. Names keep their order
 * within a chart: train, val, test.
 */
export function sectionsOf(names: Iterable<string>, ofTasks: readonly MetricRow[]): Section[] {
  const sections = new Map<string, Map<string, ChartSpec>>()
  const shared = new Set<string>()
  const all = [...new Set(names)].sort()
  const learnt = [validationLoss, ...ofTasks].map(({ name }) => split(name)[1])
  for (const name of all) {
    const [prefix, rest] = split(name)
    if (parts.has(prefix) && prefix !== 'train') shared.add(rest)
  }
  for (const name of all) {
    const [prefix, rest] = split(name)
    const part = parts.get(prefix)
    const joins = part !== undefined && (shared.has(rest) || learnt.includes(rest))
    const section = joins ? 'learning' : prefix || 'other'
    const key = joins ? rest : name
    const charts = sections.get(section) ?? new Map<string, ChartSpec>()
    sections.set(section, charts)
    const chart = charts.get(key) ?? { key, ...wordsOf(key, name, ofTasks), metrics: [] }
    charts.set(key, chart)
    chart.metrics.push({ name, variant: joins ? part : '' })
  }
  const rank = ['train', 'val', 'test']
  const place = (key: string) => (learnt.includes(key) ? learnt.indexOf(key) : learnt.length)
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
