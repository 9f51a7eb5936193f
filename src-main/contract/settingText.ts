// How settings are shown. Unlike measurements, which are rounded to four digits, a setting is shown as it is, so that two that differ look
// different and what is shown can be typed in again.

/** The value in full: the shortest digits that give the same number. */
export const settingText = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined ? '' : Object.is(value, -0) ? '-0' : String(value)
