// Geometry of a grid of cells on a canvas: cell sizes that fit the width, and the cell at a pixel. Pure.

/** Pixels of one cell, and of the labels at the left and above. */
export interface GridLayout {
  cellWidth: number
  cellHeight: number
  left: number
  top: number
}

/** Cells as wide as fit, between `least` and `most` pixels; wider grids scroll. */
export const cellWidthFor = (width: number, columns: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.floor(width / Math.max(1, columns))))

/** The cell at a pixel; null beside the grid. */
export function cellAt(
  { cellWidth, cellHeight, left, top }: GridLayout,
  { rows, columns }: { rows: number; columns: number },
  x: number,
  y: number,
): { row: number; column: number } | null {
  const [row, column] = [Math.floor((y - top) / cellHeight), Math.floor((x - left) / cellWidth)]
  return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null
}
