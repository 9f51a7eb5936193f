// Escapes control characters in text of unknown origin for terminals and dialogs.

// eslint-disable-next-line no-control-regex
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Control and bidirectional characters as visible signs; line breaks and tabs stay. */
export const escapeControls = (text: string): string =>
  text.replace(harmful, (sign) => {
    const code = sign.codePointAt(0)!
    return code < 0x20
      ? String.fromCodePoint(0x2400 + code)
      : code === 0x7f
        ? '\u2421'
        : `<${code.toString(16)}>`
  })

/** JSON of the same value without such characters, which can occur only in strings, as escapes there. */
export const escapeControlsInJson = (json: string): string =>
  json.replace(harmful, (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`)
