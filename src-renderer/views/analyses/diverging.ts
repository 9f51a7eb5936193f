// Colours of the heatmaps for single values from -1 to 1.
import { css, entryOf, palette, type Theme } from '@contract/heat/colormap.ts'

const maps = {
  light: palette('bounded', 'light').map(css),
  dark: palette('bounded', 'dark').map(css),
}
const entry = entryOf('bounded', -1, 1)

/** The CSS colour of a value, clipped to -1..1; transparent for NaN. */
export const colourAt = (value: number, theme: Theme): string =>
  Number.isNaN(value) ? 'transparent' : maps[theme][entry(value)]!

/** The largest |value|, NaN and infinities left out; 0 without values. */
export const largestValue = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 0)
