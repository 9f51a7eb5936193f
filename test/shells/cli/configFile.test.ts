// Configuration files: what is read, and where a fault is said to be.
import { describe, expect, it } from 'vitest'
import { parseConfigText } from '../../../src-main/shells/cli/configFile.ts'

const parse = (text: string | Uint8Array) =>
  parseConfigText(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'run.json')
const fault = (text: string | Uint8Array): unknown => {
  try {
    return parse(text)
  } catch (error) {
    return error
  }
}
const deep = (n: number) => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`

describe('a configuration file', () => {
  it.each<[string, unknown]>([
    ['{"a":{"b":[1,-2.5e3,true,null,"x\\u00e9\\n"]}}', { a: { b: [1, -2500, true, null, 'xé\n'] } }],
    ['\ufeff{"a":1}', { a: 1 }],
    ['\r\n { }\r\n', {}],
    ['{"a":"// no comment","b":"{[","c":"\\"]"}', { a: '// no comment', b: '{[', c: '"]' }],
    ['{"a":{"x":1},"b":{"x":2}}', { a: { x: 1 }, b: { x: 2 } }],
    [deep(64), JSON.parse(deep(64))],
  ])('%s is read', (text, value) => {
    expect(parse(text)).toEqual(value)
  })

  it.each<[string, string, number, number]>([
    ['{"a":1,"a":2}', 'a second time', 1, 8],
    ['{\n  "a": {"b": 1,\n    "b": 2}\n}', 'a second time', 3, 5],
    ['{"a":1,}', 'a comma too many', 1, 8],
    ['{"a":[1,]}', 'a comma too many', 1, 9],
    ['{ // c\n"a":1}', 'comments', 1, 3],
    ['{"a":1 /* c */}', 'comments', 1, 8],
    ['{"a" 1}', 'colon', 1, 6],
    ['{"a":1 "b":2}', 'comma', 1, 8],
    ["{'a':1}", 'not a JSON value', 1, 2],
    ['{"a":01}', '', 1, 7],
    ['{"a":NaN}', 'not a JSON value', 1, 6],
    ['{"a":+1}', 'not a JSON value', 1, 6],
    ['{"a":1', '', 1, 7],
    ['{"a":"x\ny"}', '', 1, 6],
    ['{"a":1} x', '', 1, 9],
    ['', 'value', 1, 1],
  ])('%j is refused: %s', (text, what, line, column) => {
    expect(fault(text)).toMatchObject({
      code: 'E_JSON',
      message: expect.stringMatching(new RegExp(`^run\\.json:${line}:${column}: .*${what}`)),
      details: { line, column },
    })
  })

  it.each<[string, string | Uint8Array, string]>([
    ['too deep', deep(65), 'E_CONFIG_SIZE'],
    ['much too deep', '['.repeat(1_000_000), 'E_CONFIG_SIZE'],
    ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'E_UTF8'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0), 'E_UTF8'],
    ['a hostile key', '{"__proto__":{"x":1}}', 'E_CONFIG_KEY'],
    ['a hostile key inside', '{"a":[{"constructor":{"prototype":{"x":1}}}]}', 'E_CONFIG_KEY'],
  ])('is refused when it holds or is %s', (_what, text, code) => {
    expect(fault(text)).toMatchObject({ code })
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})
