// The line breaks of a text: CR, LF, CR LF, NEL, and the line and paragraph separators of Unicode.

/** Matches one line break; CR LF is one. */
export const lineBreak = /\r\n|[\n\r\u0085\u2028\u2029]/

const whole = new RegExp(`^(?:${lineBreak.source})$`)

/** Whether a symbol is a line break, CR and LF of a CR LF included. */
export const isLineBreak = (symbol: string): boolean => whole.test(symbol)
