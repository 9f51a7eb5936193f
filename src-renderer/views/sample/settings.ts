// How a text is written, as a record that fits into a link. Pure.

export interface Settings {
  prime: string
  length: number
  temperature: number
  /** 0 = off. */
  topK: number
  /** 1 = off. */
  topP: number
  /** Whether a run on words may write the unknown word. */
  unknown: boolean
  /** null = a new one is drawn each time. */
  seed: number | null
  /** Checkpoint; null = the best, else the newest. */
  step: number | null
}

export const start: Settings = {
  prime: '',
  length: 400,
  temperature: 1,
  topK: 0,
  topP: 1,
  unknown: false,
  seed: null,
  step: null,
}

/** The range of each number; what lies outside comes from hand-written links and is brought inside. */
export const ranges = {
  length: { min: 1, max: 100_000, integer: true },
  temperature: { min: 0, max: 100, integer: false },
  topK: { min: 0, max: 65_536, integer: true },
  topP: { min: 0.001, max: 1, integer: false },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
  step: { min: 0, max: 1e9, integer: true },
} as const

/** A number within its range, or the fallback if it is none. */
export function fit(name: keyof typeof ranges, value: unknown, fallback: number): number {
  const { min, max, integer } = ranges[name]
  const number =
    typeof value === 'string' && value.trim() !== '' ? Number(value) : typeof value === 'number' ? value : NaN
  if (Number.isNaN(number)) return fallback
  return Math.min(max, Math.max(min, integer ? Math.round(number) : number))
}

export function settingsOf(query: Record<string, unknown>): Settings {
  const optional = (name: 'seed' | 'step') => (query[name] === undefined ? null : fit(name, query[name], -1))
  const given = { seed: optional('seed'), step: optional('step') }
  return {
    prime: typeof query['prime'] === 'string' ? query['prime'].slice(0, 100_000) : start.prime,
    length: fit('length', query['length'], start.length),
    temperature: fit('temperature', query['temperature'], start.temperature),
    topK: fit('topK', query['topK'], start.topK),
    topP: fit('topP', query['topP'], start.topP),
    unknown: query['unknown'] === 'true',
    seed: given.seed === -1 ? null : given.seed,
    step: given.step === -1 ? null : given.step,
  }
}

/** Only what differs from the start; long primes stay behind. */
export function queryOf(settings: Settings): Record<string, string> {
  const query: Record<string, string> = {}
  for (const key of Object.keys(start) as (keyof Settings)[]) {
    const value = settings[key]
    if (value !== null && value !== start[key] && !(key === 'prime' && settings.prime.length > 1500))
      query[key] = String(value)
  }
  return query
}
