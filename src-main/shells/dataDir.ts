// The default data folder: the system's folder for application data, the same in every shell.
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { UnrollError } from '../contract/errors.ts'
import { userPath } from './userPath.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `--data-dir`, else UNROLL_HOME, else the system's folder. E_STORE_PLACE if there is no home folder either. */
export function chooseDataDir(
  flag: string | undefined,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: () => string = homedir,
): string {
  const said = flag ?? env['UNROLL_HOME']
  if (said) return userPath(said, () => homeOf(home))
  if (platform === 'win32' && env['APPDATA']) return join(env['APPDATA'], 'Unroll')
  if (platform === 'linux' && env['XDG_DATA_HOME'] && isAbsolute(env['XDG_DATA_HOME']))
    return join(env['XDG_DATA_HOME'], 'unroll')
  const base = homeOf(home)
  if (platform === 'darwin') return join(base, 'Library', 'Application Support', 'Unroll')
  if (platform === 'win32') return join(base, 'AppData', 'Roaming', 'Unroll')
  return join(base, '.local', 'share', 'unroll')
}

function homeOf(home: () => string): string {
  let found = ''
  try {
    found = home()
  } catch {
    // A user without an entry in the system's user table has no home; reported below.
  }
  if (isAbsolute(found) && found !== '/') return found
  throw new UnrollError(
    'E_STORE_PLACE',
    'There is no home folder to keep runs in. Say where with --data-dir DIR or UNROLL_HOME.',
  )
}
