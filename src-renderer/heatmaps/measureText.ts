// Width of a text in monospace type whose glyphs are not all one column wide.

const ruler = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d')

/** Width in pixels: measured on an off-screen canvas with the font family of `sample`, scaled to columns of `column` pixels. */
export function measureText(text: string, column: number, sample: Element | null): number {
  if (!ruler) return text.length * column
  ruler.font = `14px ${sample ? getComputedStyle(sample).fontFamily : 'monospace'}`
  return (ruler.measureText(text).width * column) / Math.max(1e-6, ruler.measureText('M').width)
}
