// What the neurons view looks at, as a record that fits into a link. Pure.

export interface Inspection {
  layer: number
  /** Empty = the cell's first signal. */
  signal: string
  unit: number
  /** Checkpoint; null = the best, else the newest. */
  step: number | null
  offset: number
  length: number
  /** Typed text; empty = the run's own validation text. */
  text: string
  caret: number
}

export const lengths = [500, 2000, 10_000, 50_000, 100_000] as const
/** Heatmap (symbols x units) that one inspection may fetch: about 100 MB. */
export const mostCells = 26_000_000
/** Longest typed text that still travels in the link. */
const linkedText = 1500

export const start: Inspection = {
  layer: 0,
  signal: '',
  unit: 0,
  step: null,
  offset: 0,
  length: 2000,
  text: '',
  caret: 0,
}

type Query = Record<string, unknown>
const whole = (value: unknown, fallback: number): number =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : fallback

/** The inspection of a link; what is missing or malformed is as at the start. */
export function inspectionOf(query: Query): Inspection {
  const text = typeof query['text'] === 'string' ? query['text'].slice(0, 200_000) : ''
  return {
    layer: whole(query['layer'], start.layer),
    signal: typeof query['signal'] === 'string' ? query['signal'].slice(0, 32) : '',
    unit: whole(query['unit'], start.unit),
    step: 'step' in query ? (whole(query['step'], -1) < 0 ? null : whole(query['step'], 0)) : null,
    offset: whole(query['offset'], start.offset),
    length: Math.min(100_000, Math.max(1, whole(query['length'], start.length))),
    text,
    caret: whole(query['at'], start.caret),
  }
}

/** The link of a inspection: only what differs from the start; long typed texts stay behind. */
export function queryOf(inspection: Inspection): Record<string, string> {
  const query: Record<string, string> = {}
  if (inspection.layer !== start.layer) query['layer'] = String(inspection.layer)
  if (inspection.signal) query['signal'] = inspection.signal
  if (inspection.unit !== start.unit) query['unit'] = String(inspection.unit)
  if (inspection.step !== null) query['step'] = String(inspection.step)
  if (inspection.text && inspection.text.length <= linkedText) query['text'] = inspection.text
  if (!inspection.text && inspection.offset !== start.offset) query['offset'] = String(inspection.offset)
  if (!inspection.text && inspection.length !== start.length) query['length'] = String(inspection.length)
  if (inspection.caret !== start.caret) query['at'] = String(inspection.caret)
  return query
}

/** Lengths that fit `units` within the limit of one inspection. */
export const lengthsFor = (units: number): number[] =>
  lengths.filter((n, i) => i === 0 || n * units <= mostCells)
