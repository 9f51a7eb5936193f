// Decompositions of dense matrices in f64 by ml-matrix, which is loaded at first use. Matrices are flat, row by row.

const load = () => import('ml-matrix')

/** Eigenvalues of a real matrix (size, size), largest |value| first, conjugate pairs side by side. */
export async function eigenvalues(
  matrix: Float64Array,
  size: number,
): Promise<{ re: Float64Array; im: Float64Array }> {
  const { EigenvalueDecomposition, Matrix } = await load()
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, Array.from(matrix)),
  )
  const sizes = realEigenvalues.map((re, i) => Math.hypot(re, imaginaryEigenvalues[i]!))
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[b]! - sizes[a]! || a - b)
  return {
    re: Float64Array.from(order, (i) => realEigenvalues[i]!),
    im: Float64Array.from(order, (i) => imaginaryEigenvalues[i]!),
  }
}

/** Returns a function that solves matrix (size, size) x = right; the function returns undefined if the matrix is singular. */
export async function linearSolver(): Promise<
  (matrix: Float64Array, right: Float64Array) => Float64Array | undefined
> {
  const { LuDecomposition, Matrix } = await load()
  return (matrix, right) => {
    const size = right.length
    const lu = new LuDecomposition(Matrix.from1DArray(size, size, Array.from(matrix)))
    if (lu.isSingular()) return undefined
    const x = Float64Array.from(lu.solve(Matrix.columnVector(Array.from(right))).getColumn(0))
    return x.every(Number.isFinite) ? x : undefined
  }
}

/** Eigenvalues of a symmetric matrix (size, size), largest first, and unit eigenvectors as the rows of a matrix (size, size). */
export async function symmetricEigen(
  matrix: Float64Array,
  size: number,
): Promise<{ values: Float64Array; vectors: Float64Array }> {
  const { EigenvalueDecomposition, Matrix } = await load()
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, Array.from(matrix)),
    { assumeSymmetric: true },
  )
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  return {
    values: Float64Array.from(order, (i) => realEigenvalues[i]!),
    vectors: Float64Array.from({ length: size * size }, (_, at) =>
      eigenvectorMatrix.get(at % size, order[Math.floor(at / size)]!),
    ),
  }
}
