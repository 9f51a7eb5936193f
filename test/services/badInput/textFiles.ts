// Bytes of text files for the bad-input catalogue.

export const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

export const utf16 = (text: string, end: 'le' | 'be') => {
  const le = Buffer.from(text, 'utf16le')
  return end === 'le' ? le : le.swap16()
}

export const long = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
