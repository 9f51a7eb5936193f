// A quadtree of points in the plane for Barnes-Hut sums: a distant cell stands for all of its points.

/** Cells as columns; the children of cell c are `child[4 * c + quadrant]`, 0 for none. Cell 0 is the root. */
interface Cells {
  size: number
  child: Int32Array
  /** Centre of mass and number of points. */
  x: Float64Array
  y: Float64Array
  mass: Float64Array
  /** Side length. */
  side: Float64Array
}

const maxDepth = 48

/** Builds the tree of points (count, 2). */
function build(points: Float64Array): Cells {
  const count = points.length / 2
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let p = 0; p < count; p++) {
    minX = Math.min(minX, points[2 * p]!)
    maxX = Math.max(maxX, points[2 * p]!)
    minY = Math.min(minY, points[2 * p + 1]!)
    maxY = Math.max(maxY, points[2 * p + 1]!)
  }
  const side = Math.max(maxX - minX, maxY - minY, 1e-12) * 1.0001
  let capacity = Math.max(64, 4 * count)
  let cells: Cells = {
    size: 1,
    child: new Int32Array(4 * capacity),
    x: new Float64Array(capacity),
    y: new Float64Array(capacity),
    mass: new Float64Array(capacity),
    side: new Float64Array(capacity),
  }
  cells.side[0] = side
  const newCell = (length: number): number => {
    if (cells.size === capacity) {
      capacity *= 2
      const grown = <A extends Int32Array | Float64Array>(old: A, next: A): A => (next.set(old), next)
      cells = {
        size: cells.size,
        child: grown(cells.child, new Int32Array(4 * capacity)),
        x: grown(cells.x, new Float64Array(capacity)),
        y: grown(cells.y, new Float64Array(capacity)),
        mass: grown(cells.mass, new Float64Array(capacity)),
        side: grown(cells.side, new Float64Array(capacity)),
      }
    }
    cells.side[cells.size] = length
    return cells.size++
  }
  for (let p = 0; p < count; p++) insert(points[2 * p]!, points[2 * p + 1]!)
  return cells

  function insert(px: number, py: number): void {
    let [left, top, length, cell] = [minX, minY, side, 0]
    for (let depth = 0; ; depth++) {
      const mass = cells.mass[cell]!
      const [oldX, oldY] = [cells.x[cell]!, cells.y[cell]!]
      const isLeaf = cells.child.subarray(4 * cell, 4 * cell + 4).every((c) => c === 0)
      cells.mass[cell] = mass + 1
      cells.x[cell] = (oldX * mass + px) / (mass + 1)
      cells.y[cell] = (oldY * mass + py) / (mass + 1)
      // A leaf holds one place: points that lie on each other stay together.
      if (mass === 0 || depth === maxDepth || (isLeaf && oldX === px && oldY === py)) return
      const half = length / 2
      const quadrant = (x: number, y: number) => (x >= left + half ? 1 : 0) + (y >= top + half ? 2 : 0)
      if (isLeaf) {
        const moved = newCell(half)
        cells.child[4 * cell + quadrant(oldX, oldY)] = moved
        cells.x[moved] = oldX
        cells.y[moved] = oldY
        cells.mass[moved] = mass
      }
      const q = quadrant(px, py)
      if (cells.child[4 * cell + q] === 0) cells.child[4 * cell + q] = newCell(half)
      cell = cells.child[4 * cell + q]!
      if (q & 1) left += half
      if (q & 2) top += half
      length = half
    }
  }
}

/**
 * The sums of t-SNE's repulsion at every point: forces sum_q (1 + d^2)^-2 (p - q), (count, 2), and the normaliser sum over all pairs of (1 + d^2)^-1. Cells
 * that look smaller than `theta` (side / distance) stand for their points; 0 is exact (van der Maaten 2014).
 */
export function repulsion(points: Float64Array, theta: number): { forces: Float64Array; normaliser: number } {
  const { child, x, y, mass, side } = build(points)
  const count = points.length / 2
  const forces = new Float64Array(points.length)
  const stack: number[] = []
  let normaliser = 0
  for (let p = 0; p < count; p++) {
    const [px, py] = [points[2 * p]!, points[2 * p + 1]!]
    stack.push(0)
    while (stack.length > 0) {
      const cell = stack.pop()!
      const dx = px - x[cell]!
      const dy = py - y[cell]!
      const squared = dx * dx + dy * dy
      const at = 4 * cell
      const leaf = child[at] === 0 && child[at + 1] === 0 && child[at + 2] === 0 && child[at + 3] === 0
      if (leaf || side[cell]! ** 2 < theta * theta * squared) {
        // The point itself has no force, and is taken out of the normaliser below.
        const near = 1 / (1 + squared)
        normaliser += mass[cell]! * near
        const pull = mass[cell]! * near * near
        forces[2 * p]! += pull * dx
        forces[2 * p + 1]! += pull * dy
        continue
      }
      for (let q = 0; q < 4; q++) if (child[at + q] !== 0) stack.push(child[at + q]!)
    }
  }
  return { forces, normaliser: normaliser - count }
}
