// Settings of the page for new images, as a record that is stored in the query of the address; the images themselves are not. Pure.

export interface ImageSettings {
  /** Step of the checkpoint; null: the best one, else the newest. */
  step: number | null
  /** Number of the held-out image that is shown if no file is chosen. */
  example: number
  invert: boolean
}

const count = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : null

export const settingsOf = ({ step, example, invert }: Record<string, unknown>): ImageSettings => ({
  step: count(step),
  example: count(example) ?? 0,
  invert: invert === '1',
})

export const queryOf = ({ step, example, invert }: ImageSettings): Record<string, string> => ({
  ...(step !== null && { step: String(step) }),
  ...(example > 0 && { example: String(example) }),
  ...(invert && { invert: '1' }),
})
