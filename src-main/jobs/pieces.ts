// Joining of byte arrays.

/** A new array each time, since answers are transferred to another thread. */
export const noBytes = (): Uint8Array => new Uint8Array(0)

/** Joins the parts in a new buffer, which may be transferred to another thread. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const joinBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => (a.length ? concatBytes([a, b]) : b)
