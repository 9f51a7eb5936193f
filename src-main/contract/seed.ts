// Draws a seed if none is given; the same in every shell.

/** A random seed of five digits: short enough to read out and type. Given seeds may have up to 53 bits. */
export const drawSeed = (): number => 10_000 + (crypto.getRandomValues(new Uint32Array(1))[0]! % 90_000)
