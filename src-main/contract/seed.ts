// A seed for whoever gives none, the same way in every door.

/** A random seed of five digits: short enough to read out and type. Seeds that are given may have up to 53 bits. */
export const drawSeed = (): number => 10_000 + (crypto.getRandomValues(new Uint32Array(1))[0]! % 90_000)
