// Expands `~` in paths. A shell does so only where it is unquoted and at the start, so --data-dir=~/runs and UNROLL_HOME='~/runs' arrive
// unexpanded.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { UnrollError } from '../contract/errors.ts'

/** The absolute path; `~` and `~/...` are the user's home folder. Throws E_PATH for `~somebody`, which only a shell can look up. */
export function userPath(path: string, home: () => string = homedir): string {
  if (path === '~' || /^~[/\\]/.test(path)) return join(home(), path.slice(1))
  if (path.startsWith('~'))
    throw new UnrollError(
      'E_PATH',
      `${path.slice(0, 200)}: a path that begins with ~ and a name is not looked up. Write it in full, or ./${path.slice(0, 200)} for a file of this name.`,
    )
  return resolve(path)
}
