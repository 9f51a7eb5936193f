// One-to-one assignment with the largest total score: the Hungarian method by shortest augmenting paths.

/**
 * For each row of `score` (rows, columns) the assigned column, -1 if none is left: each column is used once, and the sum of the scores is the
 * largest possible. O(min^2 * max) (Kuhn 1955; Jonker & Volgenant 1987).
 */
export function assign(score: ArrayLike<number>, rows: number, columns: number): Int32Array {
  if (rows > columns) {
    const flipped = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [column, row] = [Math.floor(i / rows), i % rows]
      return score[row * columns + column]!
    })
    const result = new Int32Array(rows).fill(-1)
    assign(flipped, columns, rows).forEach((row, column) => (result[row] = column))
    return result
  }
  // Index 0 of columns stands for "no column"; real columns and rows count from 1.
  const rowPrice = new Float64Array(rows + 1)
  const columnPrice = new Float64Array(columns + 1)
  const rowOf = new Int32Array(columns + 1)
  const previous = new Int32Array(columns + 1)
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row
    const slack = new Float64Array(columns + 1).fill(Infinity)
    const done = new Uint8Array(columns + 1)
    let column = 0
    while (rowOf[column] !== 0) {
      done[column] = 1
      const from = rowOf[column]!
      let delta = Infinity
      let next = 0
      for (let c = 1; c <= columns; c++) {
        if (done[c]) continue
        const cost = -score[(from - 1) * columns + c - 1]! - rowPrice[from]! - columnPrice[c]!
        if (cost < slack[c]!) {
          slack[c] = cost
          previous[c] = column
        }
        if (slack[c]! < delta) {
          delta = slack[c]!
          next = c
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (done[c]) {
          rowPrice[rowOf[c]!]! += delta
          columnPrice[c]! -= delta
        } else slack[c]! -= delta
      }
      column = next
    }
    while (column !== 0) {
      rowOf[column] = rowOf[previous[column]!]!
      column = previous[column]!
    }
  }
  const result = new Int32Array(rows).fill(-1)
  for (let c = 1; c <= columns; c++) if (rowOf[c]! > 0) result[rowOf[c]! - 1] = c - 1
  return result
}
