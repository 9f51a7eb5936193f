// Interventions as text: `L1.c[20]=set(q99) where inside("(",")")`. The same text stands in links, flags, samples and stored claims.
// Layers count from 1 in the text and from 0 in the value; units from 0.
import { z } from 'zod'
import { UnrollError } from './errors.ts'

/** A number in the units of the signal, or a statistic of the unit over a text; `where`: over the positions of that predicate alone. */
export type Level =
  | { kind: 'number'; value: number }
  | { kind: 'quantile'; share: number; where?: string }
  | { kind: 'mean'; where?: string }

export type Operation =
  | { kind: 'set'; level: Level }
  | { kind: 'add' | 'scale'; value: number }
  | { kind: 'flip' | 'freeze' | 'resample' }

export interface Intervention {
  /** From 0. */
  layer: number
  signal: string
  /** Units from 0; undefined: all. */
  units?: readonly number[]
  operation: Operation
  /** Positions: from symbol `from` on, at symbol `at` alone, and only where the predicate holds. Default: always. */
  from?: number
  at?: number
  where?: string
}

/** What every door says of the language. */
export const interventionHelp =
  'L1.c[20]=set(q99): layer, signal and unit, then set(x), set(q99), set(mean), set(median), add(x), scale(x), flip, freeze or resample; optional: from 50, at 50, where PREDICATE. [20,31], [0-9] and [*] name several units'

export const interventionList = z.array(z.string().min(1).max(4000)).max(32)

const head = /^\s*L(\d{1,2})\.(\w{1,32})\[\s*([^\]]*)\]\s*=\s*/
const plain = /^(flip|freeze|resample)(?![\w(])/
const called = /^(set|add|scale)\s*\(/
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function refuse(text: string, at: number, message: string): never {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
  throw new UnrollError('E_ARG', `intervene: "${shown}", character ${at + 1}: ${message}`, {
    path: 'interventions',
  })
}

/** Parses one intervention. Throws E_ARG with the character at which the text is wrong. */
export function parseIntervention(text: string): Intervention {
  const start = head.exec(text)
  if (!start || start[1] === '0')
    refuse(text, 0, 'expected a layer from 1, a signal and units, such as L1.c[20]=')
  const units = unitsOf(text, start[3]!, start[0].indexOf('[') + 1)
  const after = start[0].length
  const { operation, end } = operationOf(text, after)
  return {
    layer: Number(start[1]) - 1,
    signal: start[2]!,
    ...(units && { units }),
    operation,
    ...positionsOf(text, end),
  }
}

function unitsOf(text: string, list: string, at: number): number[] | undefined {
  if (list.trim() === '*') return undefined
  const units = list.split(',').flatMap((part) => {
    const [, low, high = low] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? []
    if (low === undefined || Number(high) < Number(low))
      refuse(text, at, 'expected units from 0: [20], [20,31], [0-9] or [*]')
    return Array.from({ length: Number(high) - Number(low) + 1 }, (_, i) => Number(low) + i)
  })
  return [...new Set(units)]
}

function operationOf(text: string, at: number): { operation: Operation; end: number } {
  const rest = text.slice(at)
  const word = plain.exec(rest)
  if (word) {
    const kind = word[1] as 'flip' | 'freeze' | 'resample'
    return { operation: { kind }, end: at + word[0].length }
  }
  const call = called.exec(rest)
  if (!call) refuse(text, at, 'expected set(x), add(x), scale(x), flip, freeze or resample')
  const open = at + call[0].length
  const close = closing(text, open)
  const inner = text.slice(open, close).trim()
  const kind = call[1] as 'set' | 'add' | 'scale'
  if (kind === 'set') return { operation: { kind, level: levelOf(text, inner, open) }, end: close + 1 }
  if (!number.test(inner)) refuse(text, open, `expected a number in ${kind}(...)`)
  return { operation: { kind, value: Number(inner) }, end: close + 1 }
}

/** Index of the parenthesis that closes the one before `from`; quoted strings are skipped. */
function closing(text: string, from: number): number {
  let depth = 1
  let quoted = false
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') quoted = !quoted
    else if (!quoted && text[i] === '(') depth += 1
    else if (!quoted && text[i] === ')') {
      depth -= 1
      if (depth === 0) return i
    }
  }
  return refuse(text, text.length, 'a closing parenthesis is missing')
}

function levelOf(text: string, inner: string, at: number): Level {
  if (number.test(inner)) return { kind: 'number', value: Number(inner) }
  const [, name, share, where] =
    /^(mean|median|q(\d{1,2}(?:\.\d+)?|100))(?:\s*\(([\s\S]*)\))?$/.exec(inner) ?? []
  if (name === undefined) refuse(text, at, 'expected a number, q0 to q100, mean or median')
  const positions = where === undefined ? {} : { where: where.trim() }
  if (name === 'mean') return { kind: 'mean', ...positions }
  return { kind: 'quantile', share: name === 'median' ? 0.5 : Number(share) / 100, ...positions }
}

function positionsOf(text: string, end: number): Pick<Intervention, 'from' | 'at' | 'where'> {
  const [whole, word, step, where] =
    /^\s*(?:(from|at)\s+(\d{1,7})\b)?\s*(?:where\s+([\s\S]*\S))?\s*$/.exec(text.slice(end)) ?? []
  if (whole === undefined) refuse(text, end, 'expected nothing more, or: from 50, at 50, where PREDICATE')
  return {
    ...(word === 'from' && { from: Number(step) }),
    ...(word === 'at' && { at: Number(step) }),
    ...(where !== undefined && { where }),
  }
}

const levelText = (level: Level): string => {
  if (level.kind === 'number') return String(level.value)
  const name = level.kind === 'mean' ? 'mean' : `q${Number((100 * level.share).toPrecision(12))}`
  return level.where === undefined ? name : `${name}(${level.where})`
}

/** The text of an intervention; parses back to the same value. */
export function interventionText({ layer, signal, units, operation, from, at, where }: Intervention): string {
  const { kind } = operation
  const argument =
    kind === 'set'
      ? `(${levelText(operation.level)})`
      : kind === 'add' || kind === 'scale'
        ? `(${operation.value})`
        : ''
  return [
    `L${layer + 1}.${signal}[${units?.join(',') ?? '*'}]=${kind}${argument}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(at === undefined ? [] : [`at ${at}`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ].join(' ')
}

/** Whether its values depend on a text that the model reads first. */
export const needsReading = ({ operation }: Intervention): boolean =>
  operation.kind === 'resample' || (operation.kind === 'set' && operation.level.kind !== 'number')
