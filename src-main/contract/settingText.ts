// Formats option values. Unlike measurements, which are rounded to four digits, a value is shown exactly, so that different values look
// different and can be typed in again.

/** The exact value: the shortest digits that give the same number. */
export const settingText = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined ? '' : Object.is(value, -0) ? '-0' : String(value)
