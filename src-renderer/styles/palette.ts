// Twenty run colours per theme. Chosen so that every colour has 3:1 against its theme's surface and each next one is as far as possible
// (OKLab distance) from all before it, to normal eyes and under simulated protanopia, deuteranopia and tritanopia. Order matters.

export type ThemeName = 'light' | 'dark'

export const runPalette: Record<ThemeName, readonly string[]> = {
  light: [
    '#0b66d6', '#a70900', '#9b980b', '#652777', '#b26677', '#6396ce', '#4306bf', '#af2d8a', '#035545', '#457b45',
    '#8f2e5d', '#0e919c', '#516efe', '#a45307', '#093eda', '#c67d61', '#81239a', '#821829', '#9c7c0b', '#8750a5',
  ],
  dark: [
    '#69a5fe', '#fe3825', '#dddb65', '#9c5caf', '#f29fb1', '#b6d8ff', '#6d58fe', '#f16dc5', '#248d76', '#7db57c',
    '#cf6795', '#61cdd8', '#a0b7ff', '#f87f02', '#5388fe', '#fdc6b1', '#be62d9', '#bf525a', '#ddb63e', '#c289e4',
  ],
} // prettier-ignore

/** A run's stored colour (palette index 0-19 as text, or #rrggbb) as a CSS colour of this theme, for canvas drawing. */
export function runColor(color: string, theme: ThemeName): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return color
  const colors = runPalette[theme]
  const index = Number.parseInt(color, 10)
  return colors[Number.isFinite(index) ? ((index % colors.length) + colors.length) % colors.length : 0]!
}
