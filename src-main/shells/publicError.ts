// Removes private parts of an error before a page sees it: absolute paths of known errors, everything of unexpected ones. Never a stack.
import { homedir, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { toErrorValue, type ErrorValue } from '../contract/errors.ts'

const program = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** Known folders become a word, any other absolute path its last part. */
export function hidePaths(message: string): string {
  let text = message
  for (const [folder, word] of [
    [program, '<program>'],
    [homedir(), '~'],
    [tmpdir(), '<temp>'],
  ] as const) {
    if (folder.length > 1) text = text.replaceAll(folder, word)
  }
  return text
    .replace(/(?<![\w.:/~>])\/(?:[^\s/"'`<>:,;()]+\/)+([^\s/"'`<>:,;()]*)/g, '…/$1')
    .replace(/(?<!\w)[A-Za-z]:\\(?:[^\s\\"'`<>:,;()]+\\)*([^\s\\"'`<>:,;()]*)/g, '…\\$1')
}

/** An unexpected error is logged in full to `log`. */
export function publicError(error: unknown, log: (line: string) => void): ErrorValue {
  const value = toErrorValue(error)
  if (value.code !== 'E_INTERNAL') return { ...value, message: hidePaths(value.message) }
  log(inspect(error))
  return {
    code: 'E_INTERNAL',
    message: 'Something failed inside Unroll. The terminal that it was started from shows what.',
  }
}
