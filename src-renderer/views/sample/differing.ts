// Which symbols of a text another text does not have, by a longest common subsequence.

/** Texts of more symbols are compared position by position. */
const longest = 2000

/** True at the symbols of `ids` that are not in a longest common subsequence with `other`. */
export function differing(ids: readonly number[], other: readonly number[]): boolean[] {
  if (ids.length > longest || other.length > longest) return ids.map((id, i) => id !== other[i])
  const width = other.length + 1
  // length[i * width + j]: of the common subsequence of ids from i on and other from j on.
  const length = new Uint16Array((ids.length + 1) * width)
  for (let i = ids.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      length[i * width + j] =
        ids[i] === other[j]
          ? 1 + length[(i + 1) * width + j + 1]!
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
  const differs = ids.map(() => true)
  for (let i = 0, j = 0; i < ids.length && j < other.length;) {
    if (ids[i] === other[j]) {
      differs[i++] = false
      j++
    } else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) i++
    else j++
  }
  return differs
}
