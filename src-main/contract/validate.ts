// Anything from outside -> a checked value or one UnrollError that names every fault by key path. Nothing is coerced.
import type { z } from 'zod'
import {
  configVersion,
  modelConfig,
  runConfig,
  textData,
  trainConfig,
  type RunConfigInput,
} from './config.ts'
import { nearest, UnrollError, type ErrorCode } from './errors.ts'
import { fieldsOf } from './fields.ts'

const hostileKeys = new Set(['__proto__', 'constructor', 'prototype'])
const maxDepth = 64

/** Throws E_CONFIG_KEY on keys that could reach a prototype, E_ARG on nesting past 64 or cycles. */
export function refuseHostileKeys(value: unknown, path = '', depth = 0): void {
  if (depth > maxDepth)
    throw new UnrollError('E_ARG', `${path.slice(0, 80)}: nested deeper than ${maxDepth} levels.`, { path })
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return
  for (const key of Object.keys(value)) {
    const at = path ? `${path}.${key}` : key
    if (hostileKeys.has(key))
      throw new UnrollError('E_CONFIG_KEY', `${at}: this key is not allowed. Remove it.`, { path: at })
    refuseHostileKeys((value as Record<string, unknown>)[key], at, depth + 1)
  }
}

type Issue = z.core.$ZodIssue

/** Which code a fault in the configuration carries: a misspelt key, the seed, the name, or a value out of range. */
function codeOf(issues: readonly Issue[]): ErrorCode {
  if (issues.some((issue) => issue.code === 'unrecognized_keys')) return 'E_CONFIG_UNKNOWN'
  const first = issues[0]?.path[0]
  return first === 'seed' ? 'E_SEED' : first === 'name' ? 'E_NAME' : 'E_CONFIG_RANGE'
}

function describe(issue: Issue, schema: z.ZodType): { path: string; message: string }[] {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map((key) => {
      const near = nearest(key, known) ?? optionLike(key, schema)
      return {
        path: path ? `${path}.${key}` : key,
        message: `unknown option${near ? `; did you mean ${near}?` : `; known here: ${known.join(', ')}`}`,
      }
    })
  }
  return [{ path: path || '(all)', message: plainly(issue) }]
}

/** The option whose name or title looks like `key`, wherever in the configuration it belongs: learning_rate is train.lr. */
function optionLike(key: string, schema: z.ZodType): string | undefined {
  if (schema !== runConfig) return undefined
  const groups = { data: textData, model: modelConfig, train: trainConfig }
  const fields = Object.entries(groups).flatMap(([prefix, group]) => fieldsOf(group, prefix))
  const words = new Map<string, string>()
  for (const { path, title } of fields) {
    words.set(path.slice(path.indexOf('.') + 1), path)
    words.set(title.replaceAll(/[ -]/g, '_'), path)
  }
  const near = nearest(key, [...words.keys()])
  return near && words.get(near)
}

/** What a value must be, in words a user of the form would choose. */
function plainly(issue: Issue): string {
  const number = (n: number | bigint) => Number(n).toLocaleString('en-GB', { maximumSignificantDigits: 15 })
  const counted =
    { string: ' characters', array: ' entries' }[String('origin' in issue ? issue.origin : '')] ?? ''
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${number(issue.minimum)}${counted}`
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${number(issue.maximum)}${counted}`
  return issue.message.replace(/^Invalid input: /, '')
}

/** Keys that the object schema at `path` knows; unions give the keys of all their branches. */
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

/** Checks `value` against any schema; `code` is used for faults (configurations choose theirs by fault). */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: ErrorCode | 'config',
  what: string,
): z.output<S> {
  refuseHostileKeys(value)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.flatMap((issue) => describe(issue, schema))
  const message = `${what}: ${issues.map((i) => `${i.path}: ${i.message}`).join('; ')}.`
  throw new UnrollError(code === 'config' ? codeOf(result.error.issues) : code, message, {
    path: issues[0]?.path,
    issues,
  })
}

/** Names are free text up to 200 code points on one line; they never become paths. Empty is allowed: one is made. */
export function checkName(name: string, path = 'name'): string {
  const trimmed = name.trim()
  const length = [...trimmed].length
  if (length > 200)
    throw new UnrollError('E_NAME', `${path}: ${length} characters; at most 200 are allowed.`, { path })
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(trimmed)) {
    throw new UnrollError('E_NAME', `${path}: holds a line break or control character. Remove it.`, { path })
  }
  return trimmed
}

/** A whole configuration with defaults filled in. The seed may still be missing: the caller draws and records one. */
export function parseConfig(value: unknown): z.output<typeof runConfig> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      'configuration: expected an object such as {"train":{"steps":2000}}.',
    )
  }
  const version = (value as RunConfigInput).version
  if (typeof version === 'number' && version > configVersion) {
    throw new UnrollError(
      'E_CONFIG_VERSION',
      `version: made for format ${version}; this Unroll reads up to ${configVersion}. Update Unroll.`,
      { path: 'version' },
    )
  }
  const config = parseWith(runConfig, value, 'config', 'configuration')
  config.name = checkName(config.name)
  // Examples are whole sequences; only who says otherwise is contradicted.
  const whole = config.data.kind === 'memory' || config.data.kind === 'examples'
  if (whole && (value as RunConfigInput).train?.bptt === undefined) config.train.bptt = 'full'
  if (config.train.steps === 0 && config.train.epochs === 0) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      'train.steps: steps and epochs are both 0, so the run would never end. Set one of them.',
      { path: 'train.steps' },
    )
  }
  if (config.train.stride > config.train.window) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      `train.stride: ${config.train.stride} is longer than the window of ${config.train.window}; some symbols would never be trained on.`,
      { path: 'train.stride' },
    )
  }
  return config
}
