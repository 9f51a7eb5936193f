// Validates input from outside: returns the value, or throws one UnrollError that lists every fault by key path. No coercion.
import type { z } from 'zod'
import { issuesText, maxIssues, nearest, quotable, UnrollError, type ErrorCode } from './errors.ts'
import { optionLike, synonymOf, type NamedOption } from './suggest.ts'

const hostileKeys = new Set(['__proto__', 'constructor', 'prototype'])
const maxDepth = 64
/** More than the longest list that a command takes. */
const maxValues = 50_000
const largestConfig = 1 << 20

/** Refuses huge, deeply nested and cyclic values before other code walks them. Throws E_CONFIG_SIZE. */
export function refuseHugeConfig(config: unknown): void {
  let budget = largestConfig
  const tooLarge = (why: string) =>
    new UnrollError('E_CONFIG_SIZE', `config: ${why}. A configuration has a few dozen short entries.`, {
      path: 'config',
    })
  const stack: { value: unknown; depth: number }[] = [{ value: config, depth: 0 }]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value, depth } = entry
    if (depth > maxDepth) throw tooLarge(`nested deeper than ${maxDepth} levels`)
    if (typeof value === 'string') budget -= value.length
    else if (ArrayBuffer.isView(value)) budget -= value.byteLength
    else budget -= Array.isArray(value) ? 8 * value.length : 8
    if (budget < 0) throw tooLarge('larger than 1 MB')
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) continue
    for (const [key, member] of Object.entries(value)) {
      budget -= key.length
      stack.push({ value: member, depth: depth + 1 })
    }
  }
}

/**
 * Refuses what no input may contain: keys that could reach a prototype (E_CONFIG_KEY); nesting past 64 levels, unpaired surrogates, which
 * the database would replace, and more values than any command takes (E_ARG).
 */
export function refuseHostile(value: unknown): void {
  let values = 0
  const refuse = (path: string, why: string): never => {
    throw new UnrollError('E_ARG', `${quotable(path) || 'input'}: ${why}`, { path: quotable(path) })
  }
  const isText = (text: string, path: string) =>
    text.isWellFormed() ||
    refuse(path, 'contains an unpaired surrogate, which is not a character. Remove it.')
  const walk = (value: unknown, path: string, depth: number): void => {
    if (depth > maxDepth) refuse(path, `nested deeper than ${maxDepth} levels.`)
    if (++values > maxValues) refuse(path, `more than ${maxValues} values.`)
    if (typeof value === 'string') isText(value, path)
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return
    if (Array.isArray(value)) return value.forEach((member, i) => walk(member, `${path}.${i}`, depth + 1))
    for (const key of Object.keys(value)) {
      const at = path ? `${path}.${key}` : key
      if (hostileKeys.has(key))
        throw new UnrollError('E_CONFIG_KEY', `${quotable(at)}: this key is not allowed. Remove it.`, {
          path: quotable(at),
        })
      isText(key, at)
      walk((value as Record<string, unknown>)[key], at, depth + 1)
    }
  }
  walk(value, '', 0)
}

type Issue = z.core.$ZodIssue

/** The error code of a fault in the configuration: a misspelt key, the seed, the name, or a value out of range. */
function codeOf(issues: readonly Issue[]): ErrorCode {
  if (issues.some((issue) => issue.code === 'unrecognized_keys')) return 'E_CONFIG_UNKNOWN'
  const first = issues[0]?.path[0]
  return first === 'seed' ? 'E_SEED' : first === 'name' ? 'E_NAME' : 'E_CONFIG_RANGE'
}

/** The first faults, each with key path and message. */
function describe(
  issues: readonly Issue[],
  schema: z.ZodType,
  fields: readonly NamedOption[],
): { path: string; message: string }[] {
  const described: { path: string; message: string }[] = []
  for (const issue of issues) {
    const path = issue.path.join('.')
    if (issue.code !== 'unrecognized_keys')
      described.push({ path: path || '(all)', message: issueText(issue) })
    else {
      const known = knownKeys(schema, issue.path)
      for (const key of issue.keys.slice(0, maxIssues - described.length)) {
        const at = path ? `${path}.${key}` : key
        const near = synonymOf(at, fields) ?? nearest(key, known) ?? optionLike(at, fields)
        const hint = near
          ? `; did you mean ${near}?`
          : key === issue.keys[0]
            ? `; known here: ${known.join(', ')}`
            : ''
        described.push({ path: quotable(at), message: `unknown option${hint}` })
      }
    }
    if (described.length >= maxIssues) break
  }
  return described
}

/** The expected value, as text for users of the form. */
function issueText(issue: Issue): string {
  const number = (n: number | bigint) => Number(n).toLocaleString('en-GB', { maximumSignificantDigits: 15 })
  const unit =
    { string: ' characters', array: ' entries' }[String('origin' in issue ? issue.origin : '')] ?? ''
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${number(issue.minimum)}${unit}`
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${number(issue.maximum)}${unit}`
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return issue.expected === 'nonoptional' ? 'is missing' : `is missing; expected ${issue.expected}`
  return issue.message.replace(/^Invalid input: /, '')
}

/** Keys of the object schema at `path`; for a union the keys of all branches. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let level: z.core.$ZodType[] = [schema]
  const open = (s: z.core.$ZodType): z.core.$ZodType[] => {
    const def = s._zod.def as {
      innerType?: z.core.$ZodType
      options?: z.core.$ZodType[]
      element?: z.core.$ZodType
    }
    if (def.innerType) return open(def.innerType)
    return def.options ? def.options.flatMap(open) : [s]
  }
  const shapeOf = (s: z.core.$ZodType) =>
    (s._zod.def as { shape?: Record<string, z.core.$ZodType> }).shape ?? {}
  for (const key of path) {
    level = level.flatMap(open).flatMap((s) => {
      const element = (s._zod.def as { element?: z.core.$ZodType }).element
      const next = typeof key === 'number' ? element : shapeOf(s)[String(key)]
      return next ? [next] : []
    })
  }
  return [...new Set(level.flatMap(open).flatMap((s) => Object.keys(shapeOf(s))))]
}

/**
 * Checks `value` against a schema; `code` is the error code (configurations choose theirs by fault). `options`: further keys that an
 * unknown key may be a misspelling of.
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: ErrorCode | 'config',
  what: string,
  options: readonly NamedOption[] = [],
): z.output<S> {
  refuseHostile(value)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const faults = result.error.issues
  const issues = describe(faults, schema, options)
  const total = faults.reduce(
    (n, issue) => n + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1),
    0,
  )
  throw new UnrollError(code === 'config' ? codeOf(faults) : code, `${what}: ${issuesText(issues, total)}`, {
    path: issues[0]?.path,
    issues,
  })
}

/** Names are free text up to 200 code points on one line; they never become paths. If empty, a name is generated. */
export function checkName(name: string, path = 'name'): string {
  const trimmed = name.trim()
  const length = [...trimmed].length
  if (length > 200)
    throw new UnrollError('E_NAME', `${path}: ${length} characters; at most 200 are allowed.`, { path })
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(trimmed)) {
    throw new UnrollError('E_NAME', `${path}: contains a line break or control character. Remove it.`, {
      path,
    })
  }
  return trimmed
}
