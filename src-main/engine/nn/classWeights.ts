// Weights of the classes in the loss.

/** Balanced class weights N / (K n_c) from the class counts n_c; 0 for classes that do not occur (K counts the others). */
export function balanced(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts)
  const present = list.filter((n) => n > 0).length
  const total = list.reduce((a, b) => a + b, 0)
  return list.map((n) => (n > 0 ? total / (present * n) : 0))
}
