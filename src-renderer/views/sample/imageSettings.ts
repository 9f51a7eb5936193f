// Settings of image sampling, as a record that is stored in the query of the address. Pure.

export interface ImageSettings {
  count: number
  temperature: number
  /** Number of upper rows copied from a validation image; 0 = none. */
  rows: number
  /** Index of the first validation image whose rows are copied. */
  picture: number
  /** null = a new seed for each sample. */
  seed: number | null
  /** Step of the checkpoint; null = the best one, else the newest. */
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

/** The value as a number clamped to its range; `fallback` if it is not a number. */
export function fit<F extends number | null>(name: ImageNumber, value: unknown, fallback: F): number | F {
  const { min, max, integer } = ranges[name]
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
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

/** The query of the settings: only those that differ from `start`. */
export const queryOf = (settings: ImageSettings): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(start) as ImageNumber[])
      .filter((key) => settings[key] !== null && settings[key] !== start[key])
      .map((key) => [key, String(settings[key])]),
  )
