// Which characters end a line of a text: CR, LF, both together, NEL, and the line and paragraph separators of Unicode.

/** One line break; CR LF is one. */
export const lineBreak = /\r\n|[\n\r\u0085\u2028\u2029]/

const whole = new RegExp(`^(?:${lineBreak.source})$`)

/** Whether a symbol is a line break, or half of one. */
export const isLineBreak = (symbol: string): boolean => whole.test(symbol)
