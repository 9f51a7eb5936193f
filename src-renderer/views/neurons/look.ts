// What the neurons view looks at, as a record that fits into a link. Pure.

export interface Look {
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
/** Cells (symbols x units) that one look may fetch: about 100 MB. */
export const mostCells = 26_000_000
/** Longest typed text that still travels in the link. */
const linkedText = 1500

export const start: Look = {
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

/** The look of a link; what is missing or malformed is as at the start. */
export function lookOf(query: Query): Look {
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

/** The link of a look: only what differs from the start; long typed texts stay behind. */
export function queryOf(look: Look): Record<string, string> {
  const query: Record<string, string> = {}
  if (look.layer !== start.layer) query['layer'] = String(look.layer)
  if (look.signal) query['signal'] = look.signal
  if (look.unit !== start.unit) query['unit'] = String(look.unit)
  if (look.step !== null) query['step'] = String(look.step)
  if (look.text && look.text.length <= linkedText) query['text'] = look.text
  if (!look.text && look.offset !== start.offset) query['offset'] = String(look.offset)
  if (!look.text && look.length !== start.length) query['length'] = String(look.length)
  if (look.caret !== start.caret) query['at'] = String(look.caret)
  return query
}

/** Lengths that fit `units` within the limit of one look. */
export const lengthsFor = (units: number): number[] =>
  lengths.filter((n, i) => i === 0 || n * units <= mostCells)
