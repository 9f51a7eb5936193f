// A drawing as rectangles, lines and pieces of text in pixels, for SVG, PNG and the canvas of the page. Holds no layout and draws nothing.

export interface HeatRect {
  x: number
  y: number
  width: number
  height: number
  color: string
}

/** A piece of text on its base line; `columns`: monospace, and as wide as so many columns. */
export interface HeatLabel {
  x: number
  y: number
  text: string
  size: number
  color: string
  columns?: number
  align?: 'middle' | 'end'
}

/** A line through points (x, y), one after another. */
export interface HeatLine {
  points: readonly (readonly [x: number, y: number])[]
  color: string
  width: number
}

export interface HeatScene {
  width: number
  height: number
  rects: HeatRect[]
  /** Over the rectangles. */
  lines?: HeatLine[]
  labels: HeatLabel[]
}
