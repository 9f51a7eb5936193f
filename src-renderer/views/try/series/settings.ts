// Settings of the page for new series, as a record that is stored in the query of the address; the series itself is not. Pure.

export interface SeriesSettings {
  /** Step of the checkpoint; null: the best one, else the newest. */
  step: number | null
  /** Records ahead; null: the run's horizon. */
  ahead: number | null
}

const count = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null

export function settingsOf({ step, ahead }: Record<string, unknown>): SeriesSettings {
  return { step: count(step), ahead: count(ahead) }
}

export const queryOf = ({ step, ahead }: SeriesSettings): Record<string, string> => ({
  ...(step !== null && { step: String(step) }),
  ...(ahead !== null && { ahead: String(ahead) }),
})
