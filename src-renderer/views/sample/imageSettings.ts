// How pictures are drawn, as a record that fits into a link. Pure.

export interface ImageSettings {
  count: number
  temperature: number
  /** Upper rows that are given; 0 = none. */
  rows: number
  /** Number of the first picture whose rows are given. */
  picture: number
  /** null = a new one is drawn each time. */
  seed: number | null
  /** Checkpoint; null = the best, else the newest. */
  step: number | null
}

export const start: ImageSettings = {
  count: 8,
  temperature: 1,
  rows: 0,
  picture: 0,
  seed: null,
  step: null,
}

export const ranges = {
  count: { min: 1, max: 16, integer: true },
  temperature: { min: 0, max: 100, integer: false },
  rows: { min: 0, max: 32, integer: true },
  picture: { min: 0, max: 1_000_000, integer: true },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
  step: { min: 0, max: 1e9, integer: true },
} as const
export type ImageNumber = keyof typeof ranges

/** A number within its range, or the fallback if it is none. */
export function fit<F extends number | null>(name: ImageNumber, value: unknown, fallback: F): number | F {
  const { min, max, integer } = ranges[name]
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN // prettier-ignore
  if (Number.isNaN(number)) return fallback
  return Math.min(max, Math.max(min, integer ? Math.round(number) : number))
}

export const settingsOf = (query: Record<string, unknown>): ImageSettings => ({
  count: fit('count', query['count'], start.count),
  temperature: fit('temperature', query['temperature'], start.temperature),
  rows: fit('rows', query['rows'], start.rows),
  picture: fit('picture', query['picture'], start.picture),
  seed: fit('seed', query['seed'], start.seed),
  step: fit('step', query['step'], start.step),
})

/** Only what differs from the start. */
export const queryOf = (settings: ImageSettings): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(start) as ImageNumber[])
      .filter((key) => settings[key] !== null && settings[key] !== start[key])
      .map((key) => [key, String(settings[key])]),
  )
