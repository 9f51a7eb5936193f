// Settings of the page for new texts, as a record that is stored in the query of the address. Pure.

export interface TextSettings {
  text: string
  /** Step of the checkpoint; null: the best one, else the newest. */
  step: number | null
  /** Outputs that a beam search follows; 0: greedy decoding. */
  beam: number
}

/** Widths of beams to choose from. */
export const beams = [0, 2, 5, 10] as const

/** Texts of more characters are not stored in the link. */
const maxLinked = 1500

export function settingsOf(query: Record<string, unknown>): TextSettings {
  const { text, step, beam } = query
  return {
    text: typeof text === 'string' ? text.slice(0, 200_000) : '',
    step: typeof step === 'string' && /^\d{1,9}$/.test(step) ? Number(step) : null,
    beam: beams.find((width) => String(width) === beam) ?? 0,
  }
}

export const queryOf = ({ text, step, beam }: TextSettings): Record<string, string> => ({
  ...(text && text.length <= maxLinked && { text }),
  ...(step !== null && { step: String(step) }),
  ...(beam > 0 && { beam: String(beam) }),
})
