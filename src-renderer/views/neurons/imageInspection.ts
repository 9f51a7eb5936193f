// What is inspected of a model of images, as a record that is stored in the query of the address. Pure.

export interface ImageInspection {
  picture: number
  layer: number
  direction: number
  signal: string
  /** Colour range: of each unit, or shared by all units. */
  colors: 'unit' | 'shared'
  /** Step of the checkpoint; null = the best, else the newest. */
  step: number | null
}

export const start: ImageInspection = {
  picture: 0,
  layer: 0,
  direction: 0,
  signal: 'h',
  colors: 'unit',
  step: null,
}

function whole<F extends number | null>(value: unknown, most: number, fallback: F): number | F {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Math.min(most, Number(value)) : fallback
}

export const inspectionOf = (query: Record<string, unknown>): ImageInspection => ({
  picture: whole(query['picture'], 1_000_000, start.picture),
  layer: whole(query['layer'], 63, start.layer),
  direction: whole(query['direction'], 3, start.direction),
  signal: typeof query['signal'] === 'string' ? query['signal'].slice(0, 32) : start.signal,
  colors: query['colors'] === 'shared' ? 'shared' : 'unit',
  step: whole(query['step'], 1e9, start.step),
})

/** The query of an inspection: only what differs from `start`. */
export const queryOf = (inspection: ImageInspection): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(start) as (keyof ImageInspection)[])
      .filter((key) => inspection[key] !== null && inspection[key] !== start[key])
      .map((key) => [key, String(inspection[key])]),
  )
