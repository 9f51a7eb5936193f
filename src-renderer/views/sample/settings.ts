// Settings of text sampling, as a record that is stored in the query of the address. Pure.

export interface Settings {
  prime: string
  length: number
  temperature: number
  /** Only the k most probable symbols; 0 = all. */
  topK: number
  /** Only the most probable symbols with total probability p; 1 = all. */
  topP: number
  /** Whether a model of words may generate `<unk>`. */
  unknown: boolean
  /** One intervention on each line, as contract/intervention.ts reads them. */
  interventions: string
  /** Whether a sample under interventions is generated without them too, from the same random numbers. */
  twin: boolean
  /** null = a new seed for each sample. */
  seed: number | null
  /** Step of the checkpoint; null = the best one, else the newest. */
  step: number | null
}

export const start: Settings = {
  prime: '',
  length: 400,
  temperature: 1,
  topK: 0,
  topP: 1,
  unknown: false,
  interventions: '',
  twin: true,
  seed: null,
  step: null,
}

/** Range of each number; values outside, from edited links, are clamped. */
export const ranges = {
  length: { min: 1, max: 100_000, integer: true },
  temperature: { min: 0, max: 100, integer: false },
  topK: { min: 0, max: 65_536, integer: true },
  topP: { min: 0.001, max: 1, integer: false },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
  step: { min: 0, max: 1e9, integer: true },
} as const

/** The value as a number clamped to its range; `fallback` if it is not a number. */
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
    interventions:
      typeof query['interventions'] === 'string'
        ? query['interventions'].slice(0, 4000)
        : start.interventions,
    twin: query['twin'] !== 'false',
    seed: given.seed === -1 ? null : given.seed,
    step: given.step === -1 ? null : given.step,
  }
}

/** The query of the settings: only those that differ from `start`; a prompt of more than 1500 characters is left out. */
export function queryOf(settings: Settings): Record<string, string> {
  const query: Record<string, string> = {}
  for (const key of Object.keys(start) as (keyof Settings)[]) {
    const value = settings[key]
    if (value !== null && value !== start[key] && !(key === 'prime' && settings.prime.length > 1500))
      query[key] = String(value)
  }
  return query
}

/** The interventions, one per line; empty lines are left out. */
export const interventionsOf = ({ interventions }: Pick<Settings, 'interventions'>): string[] =>
  interventions
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
