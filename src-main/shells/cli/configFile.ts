// Reads a configuration file. Strict JSON: a duplicate key or a comment that is silently dropped would train something other than intended.
// Every fault is reported with line and column.
import { parseTree, printParseErrorCode, visit, type Node } from 'jsonc-parser'
import { UnrollError } from '../../contract/errors.ts'
import { refuseHostile } from '../../contract/validate.ts'
import { readInputFile } from '../inputFile.ts'

const maxBytes = 1 << 20
const maxDepth = 64

/** E_CONFIG_SIZE: over 1 MB or deeper than 64. E_UTF8, E_JSON (line:column): not strict JSON. E_CONFIG_KEY: a key that is not allowed. */
export async function readConfigFile(path: string): Promise<unknown> {
  return parseConfigText(await readInputFile(path, maxBytes, 'E_CONFIG_SIZE'), path)
}

export function parseConfigText(bytes: Uint8Array, name: string): unknown {
  let text: string
  try {
    // The decoder removes a byte order mark.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnrollError('E_UTF8', `${name}: not UTF-8. Save the file as UTF-8.`)
  }
  refuseDepth(text, name)
  refuseFaults(text, name)
  const value = valueOf(parseTree(text)!)
  refuseHostile(value)
  return value
}

/** Counts brackets outside strings, before anything recursive parses the text. */
function refuseDepth(text: string, name: string): void {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > maxDepth)
      throw new UnrollError('E_CONFIG_SIZE', `${name}: nested deeper than ${maxDepth} levels.`)
  }
}

function refuseFaults(text: string, name: string): void {
  const refuse = (what: string, offset: number, line: number, column: number): never => {
    const at = { offset, line: line + 1, column: column + 1 }
    throw new UnrollError('E_JSON', `${name}:${at.line}:${at.column}: ${what}.`, at)
  }
  const keys: Set<string>[] = []
  visit(
    text,
    {
      onObjectBegin: () => void keys.push(new Set()),
      onObjectEnd: () => void keys.pop(),
      onObjectProperty(key, offset, _length, line, column) {
        if (keys.at(-1)!.has(key))
          refuse(`the key "${key.slice(0, 80)}" stands here a second time`, offset, line, column)
        keys.at(-1)!.add(key)
      },
      onComment: (offset, _length, line, column) => refuse('comments are not allowed', offset, line, column),
      onError: (code, offset, _length, line, column) =>
        refuse(words[printParseErrorCode(code)] ?? 'not valid JSON', offset, line, column),
    },
    { disallowComments: false, allowTrailingComma: false },
  )
}

const words: Record<string, string> = {
  CloseBraceExpected: 'expected a comma or }',
  CloseBracketExpected: 'expected a comma or ]',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  EndOfFileExpected: 'text after the end of the value',
  InvalidEscapeCharacter: 'this escape is not valid',
  InvalidNumberFormat: 'not a valid number',
  InvalidSymbol: 'not a JSON value',
  PropertyNameExpected: 'expected a key in double quotes (is there a comma too many?)',
  UnexpectedEndOfString: 'the string has no end',
  ValueExpected: 'expected a value (is there a comma too many?)',
}

/** The tree as plain data; a key such as __proto__ stays a key, and validation refuses it. */
function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf)
  if (node.type !== 'object') return node.value
  const out: Record<string, unknown> = {}
  for (const { children: [key, member] = [] } of node.children ?? []) {
    Object.defineProperty(out, key!.value as string, {
      value: valueOf(member!),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return out
}
