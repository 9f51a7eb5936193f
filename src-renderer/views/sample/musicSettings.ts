// Settings of continued music, as a record that is stored in the query of the address. Pure.

export interface MusicSettings {
  /** Index of the held-out piece that is continued. */
  example: number
  /** Frames that are given. */
  frames: number
  /** Frames to generate. */
  length: number
  count: number
  temperature: number
  /** null = a new seed for each sample. */
  seed: number | null
  /** Step of the checkpoint; null = the best one, else the newest. */
  step: number | null
}

export const start: MusicSettings = {
  example: 0,
  frames: 16,
  length: 64,
  count: 1,
  temperature: 1,
  seed: null,
  step: null,
}

export const ranges = {
  example: { min: 0, max: 1_000_000, integer: true },
  frames: { min: 1, max: 4096, integer: true },
  length: { min: 1, max: 4096, integer: true },
  count: { min: 1, max: 16, integer: true },
  temperature: { min: 0, max: 100, integer: false },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
  step: { min: 0, max: 1e9, integer: true },
} as const
type MusicNumber = keyof typeof ranges

/** The value of the query as a number in its range; `fallback` if it is none. */
function fit<F extends number | null>(name: MusicNumber, value: unknown, fallback: F): number | F {
  const { min, max, integer } = ranges[name]
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  if (Number.isNaN(number)) return fallback
  return Math.min(max, Math.max(min, integer ? Math.round(number) : number))
}

export const settingsOf = (query: Record<string, unknown>): MusicSettings => ({
  example: fit('example', query['example'], start.example),
  frames: fit('frames', query['frames'], start.frames),
  length: fit('length', query['length'], start.length),
  count: fit('count', query['count'], start.count),
  temperature: fit('temperature', query['temperature'], start.temperature),
  seed: fit('seed', query['seed'], start.seed),
  step: fit('step', query['step'], start.step),
})

/** The query of the settings: only those that differ from `start`. */
export const queryOf = (settings: MusicSettings): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(start) as MusicNumber[])
      .filter((key) => settings[key] !== null && settings[key] !== start[key])
      .map((key) => [key, String(settings[key])]),
  )
