// How much an answer counts by its label.

/** N / (K n_c) from how often each of the labels occurs: every label weighs as much as any other; those that never occur weigh nothing. */
export function balanced(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts)
  const present = list.filter((n) => n > 0).length
  const total = list.reduce((a, b) => a + b, 0)
  return list.map((n) => (n > 0 ? total / (present * n) : 0))
}
