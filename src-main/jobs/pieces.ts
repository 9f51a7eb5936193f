// Pieces of bytes put together.

/** A new one each time: answers move to another thread. */
export const nothing = (): Uint8Array => new Uint8Array(0)

/** In a buffer of their own, which may move to another thread. */
export function gather(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const joinBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => (a.length ? gather([a, b]) : b)
