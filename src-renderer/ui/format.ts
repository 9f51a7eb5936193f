// Formats numbers, sizes, durations and times for display. Pure.

/** A measurement: four significant digits; scientific outside 1e-4 ... 1e6; NaN and infinities by name. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–'
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e6) return minus(trimExponent(value.toExponential(digits - 1)))
  if (size >= 10 ** digits) return minus(Math.round(value).toLocaleString('en'))
  return minus(value.toPrecision(digits))
}

const minus = (text: string) => text.replace(/^-/, '−')
const trimExponent = (text: string) =>
  text
    .replace(/(\.\d*?)0+e/, '$1e')
    .replace('.e', 'e')
    .replace('e+', 'e')
    .replace('e-', 'e−')

/** Whole numbers with thousands separators. */
export const formatCount = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : Math.round(value).toLocaleString('en')

/** Large counts abbreviated: 12.3 k, 4.56 M. */
export function formatShort(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T']
  let at = 0
  let size = value
  while (Math.abs(size) >= 1000 && at < units.length - 1) {
    size /= 1000
    at++
  }
  return at === 0 ? String(Math.round(size)) : `${Number(size.toPrecision(3))}${units[at]}`
}

/** Bytes in binary units. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–'
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let at = 0
  let size = bytes
  while (size >= 1024 && at < units.length - 1) {
    size /= 1024
    at++
  }
  return `${at === 0 ? size : Number(size.toPrecision(3))} ${units[at]}`
}

/** Seconds as 4.2 s, 3:07, 2:15:09 or 3 d 4 h. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  const rest = `${hours > 0 ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

const ageSteps: [limit: number, size: number, unit: string][] = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [86_400, 3600, 'h'],
  [86_400 * 14, 86_400, 'd'],
]

/** How long ago, in one unit; a date after two weeks. Both in milliseconds since 1970. */
export function formatAge(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000)
  if (seconds < 5) return 'just now'
  for (const [limit, size, unit] of ageSteps)
    if (seconds < limit) return `${Math.floor(seconds / size)} ${unit} ago`
  return new Date(at).toLocaleDateString('en', { year: 'numeric', month: 'short', day: 'numeric' })
}

export const formatDate = (at: number): string =>
  new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** A share 0..1 in percent with three digits; "< 0.1 %" for a smaller positive share. */
export const formatPercent = (share: number): string =>
  share > 0 && share < 0.001 ? '< 0.1 %' : `${Number((share * 100).toPrecision(3))} %`
