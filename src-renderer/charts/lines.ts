// Model of a chart: lines by run and variant, hidden entries, the points nearest to an x, CSV export. Without chart library or DOM.
import { csvCell } from '@contract/csv.ts'
import { nearestIndex, type Clock, type Columns, type Curve } from './series.ts'

export interface ChartLine {
  /** Key of the line: run id and metric name. */
  key: string
  run: string
  runLabel: string
  /** Name of the metric as recorded: train/loss. */
  metric: string
  /** Additional dash pattern for runs that share a palette colour; default 0: none. */
  dashes?: number
  /** train, val, ..., which tells lines of one run apart; or empty. */
  variant: string
  /** CSS colour of the run in the current theme. */
  color: string
  columns: Columns
  clock: Clock
  /** Step of the best value, drawn as a ring; undefined if the metric has no better direction. */
  bestStep?: number | undefined
  /** Opacity of the line; default 1. */
  alpha?: number
  /** Key of another line: the area between both is filled. */
  fillTo?: string
}

/** Keys of the hidden legend entries: a hidden run or variant hides all its lines. */
export const runKey = (run: string): string => `run:${run}`
export const variantKey = (variant: string): string => `variant:${variant}`

export const isHidden = (line: ChartLine, hidden: ReadonlySet<string>): boolean =>
  hidden.has(runKey(line.run)) || hidden.has(variantKey(line.variant))

/** Canvas dash pattern of a variant: train solid, val dashed, test dotted, others solid; `dashes` adds that many dots. */
export function dashOf(variant: string, dashes = 0): number[] {
  const plain = variant === 'val' ? [6, 3] : variant === 'test' ? [2, 3] : []
  if (dashes === 0) return plain
  const stroke = plain.length > 0 ? plain : [14, 3]
  return [...stroke, ...Array.from({ length: dashes }, () => [1.5, 3]).flat()]
}

/** Whether the lines belong to more than one run. */
export const ofSeveralRuns = (lines: readonly ChartLine[]): boolean =>
  lines.some((line) => line.run !== lines[0]!.run)

/** Name of a line in two parts: the run (empty if there is only one) and the variant; for a single run the metric. */
export function nameOf(line: ChartLine, several: boolean): { run: string; what: string } {
  return several ? { run: line.runLabel, what: line.variant } : { run: '', what: line.metric }
}

export interface LegendEntry {
  key: string
  label: string
  color: string | null
  dash: number[]
}

/** Legend entries: runs if there are several, then variants if there are several. */
export function legendOf(lines: readonly ChartLine[]): LegendEntry[] {
  const runs = new Map(lines.map((l) => [l.run, l]))
  const variants = [...new Set(lines.map((l) => l.variant))]
  const entries: LegendEntry[] = []
  if (runs.size > 1) {
    for (const l of runs.values())
      entries.push({ key: runKey(l.run), label: l.runLabel, color: l.color, dash: dashOf('', l.dashes) })
  }
  if (variants.length > 1) {
    const color = runs.size === 1 ? lines[0]!.color : null
    for (const v of variants)
      entries.push({ key: variantKey(v), label: v || 'other', color, dash: dashOf(v) })
  }
  return entries
}

/** Toggles one legend entry (click). */
export function toggled(hidden: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(hidden)
  if (!next.delete(key)) next.add(key)
  return next
}

/** Shows only this entry among the runs or variants, or all again (double click). */
export function isolated(
  hidden: ReadonlySet<string>,
  key: string,
  entries: readonly LegendEntry[],
): Set<string> {
  const kind = key.slice(0, key.indexOf(':') + 1)
  const peers = entries.map((e) => e.key).filter((k) => k.startsWith(kind) && k !== key)
  const alone = !hidden.has(key) && peers.every((k) => hidden.has(k))
  const next = new Set([...hidden].filter((k) => !k.startsWith(kind)))
  if (!alone) for (const k of peers) next.add(k)
  return next
}

export interface Reading {
  line: ChartLine
  x: number
  step: number
  raw: number
  smooth: number
}

/** The point of each curve nearest to x, at most `reach` (in units of x) away. */
export function readingsAt(
  lines: readonly ChartLine[],
  curves: ReadonlyMap<string, Curve>,
  x: number,
  reach: number,
): Reading[] {
  return lines.flatMap((line) => {
    const curve = curves.get(line.key)
    const i = curve ? nearestIndex(curve.x, x) : -1
    if (!curve || i < 0 || Math.abs(curve.x[i]! - x) > reach) return []
    return [{ line, x: curve.x[i]!, step: curve.steps[i]!, raw: curve.raw[i]!, smooth: curve.smooth[i]! }]
  })
}

/** Smallest and largest x of the given curves; null when there is no point. */
export function extentOf(curves: Iterable<Curve>): [number, number] | null {
  let low = Infinity
  let high = -Infinity
  for (const { x } of curves) {
    if (x.length === 0) continue
    low = Math.min(low, x[0]!)
    high = Math.max(high, x[x.length - 1]!)
  }
  return low <= high ? [low, high] : null
}

/** CSV of all points of the lines within [from, to], a row per point in full precision; thinned curves with the count of points per row. */
export function csvOf(
  lines: readonly ChartLine[],
  curves: ReadonlyMap<string, Curve>,
  axis: string,
  from: number,
  to: number,
): string {
  const thinned = lines.some((line) => curves.get(line.key)?.counts)
  const columns = ['run', 'series', 'step', ...(axis === 'step' ? [] : [axis]), 'value', 'smoothed']
  const rows = [[...columns, ...(thinned ? ['points'] : [])].join(',')]
  for (const line of lines) {
    const curve = curves.get(line.key)
    if (!curve) continue
    for (let i = 0; i < curve.x.length; i++) {
      const x = curve.x[i]!
      if (x < from || x > to) continue
      const cells = [
        line.runLabel,
        line.metric,
        curve.steps[i]!,
        ...(axis === 'step' ? [] : [x]),
        curve.raw[i]!,
        curve.smooth[i]!,
        ...(thinned ? [curve.counts?.[i] ?? 1] : []),
      ]
      rows.push(cells.map(csvCell).join(','))
    }
  }
  return rows.join('\r\n') + '\r\n'
}
