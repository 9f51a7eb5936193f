// Parses a typed number, the same in every form and flag. An ambiguous number is refused with both readings: "1,500" is 1.5 to one reader
// and 1500 to another.

/** A parsed number, or the reason why the text is not one. */
export type ParsedNumber = { value: number; fault?: undefined } | { fault: string; value?: undefined }

const ungrouped = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** Thousands in groups, with one separator throughout: comma, point, apostrophe, underscore or space. */
const grouped = /^([+-]?)([1-9]\d{0,2})(?:([,.'’_ ])\d{3})(?:\3\d{3})*(?:(?!\3)([.,])\d+)?$/

/** The value of a typed number, or the fault as text. `integer`: the number is an integer, so 16,384 is not ambiguous. */
export function readNumber(text: string, { integer = false } = {}): ParsedNumber {
  const typed = text
    .trim()
    .replace(/[\u2212\uFE63\uFF0D]/g, '-')
    .replace(/[\s\u00a0\u2009\u202f]/g, ' ')
  const shown = `"${text.trim().slice(0, 40)}"`
  const fault = (why: string): ParsedNumber => ({ fault: `${shown}: ${why}` })
  if (/(?![0-9])\p{Nd}/u.test(typed)) return fault('write the number with the digits 0 to 9')
  const groups = grouped.exec(typed)
  if (groups) return fromGroups(typed, groups, integer, fault)
  if (ungrouped.test(typed)) {
    const value = Number(typed)
    return Number.isFinite(value) ? { value } : fault('this number is too large')
  }
  const decimal = typed.replace(',', '.')
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(typed)) return fault(`write a point before the decimals: ${decimal}`)
  if (/^[+-]?\d[\d ,.'’_]*$/.test(typed))
    return fault('thousands separators must be before every three digits; leave them out')
  return { fault: `${shown} is not a number` }
}

/** The value of groups of three digits: "1 000 000.5", "16,384" of integers; a single comma or point is ambiguous. */
function fromGroups(
  typed: string,
  [, sign, first, parting, point]: RegExpExecArray,
  integer: boolean,
  fault: (why: string) => ParsedNumber,
): ParsedNumber {
  const [whole = '', decimals = ''] = point === undefined ? [typed] : typed.split(point)
  const digits = whole.split(parting!).join('')
  const value = point === undefined ? digits : `${digits}.${decimals}`
  if (point === ',') return fault(`write a point before the decimals, and no thousands separators: ${value}`)
  const count = whole.split(parting!).length - 1
  if (parting === '.') {
    // For numbers with decimals 1.000 is 1; for integers it is ambiguous.
    if (count === 1 && !integer) return { value: Number(typed) }
    return fault(`write a whole number without separators: ${value}`)
  }
  if (parting === ',' && count === 1 && point === undefined && !integer)
    return fault(`may be ${value} or ${sign}${first}.${whole.split(',')[1]}; write one of them`)
  return { value: Number(value) }
}
