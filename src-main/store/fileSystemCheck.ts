// Checks that the file system of a folder is fit for a database. Network and FAT file systems are refused (their locks or renames are not
// what SQLite needs), synchronised folders get a warning. It changes nothing.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UnrollError, type Warning } from '../contract/errors.ts'

const kernel = 'a file system of the kernel'
const refused: [RegExp, string][] = [
  [/^(proc|sysfs|cgroup2?|devpts|debugfs|tracefs|securityfs|configfs|mqueue|bpf)$/, kernel],
  [/^nfs\d?$/, 'NFS'],
  [/^(cifs|smb\d?|smbfs)$/, 'SMB'],
  [/^(exfat|fuse\.exfat|texfat)$/, 'exFAT'],
  [/^(vfat|msdos)$/, 'FAT'],
  [
    /^(lustre|afs|ceph|gpfs|beegfs|webdav|davfs|fuse\.(sshfs|rclone|s3fs|davfs|glusterfs|ceph))$/,
    'a network file system',
  ],
]
const syncFolders: [RegExp, string][] = [
  [/[\\/]Dropbox( \([^)]*\))?[\\/]/i, 'Dropbox'],
  [/[\\/](Mobile Documents|iCloudDrive|iCloud Drive)[\\/]/i, 'iCloud'],
  [/[\\/]OneDrive( ?- ?[^\\/]*)?[\\/]/i, 'OneDrive'],
  [/[\\/](Google ?Drive|GoogleDrive-[^\\/]*|My Drive)[\\/]/i, 'Google Drive'],
  [/[\\/](Nextcloud|ownCloud|pCloudDrive|Syncthing|Box Sync)[\\/]/i, 'a synchronised folder'],
]

const unescape = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** Mount points with their file system types, in mount order; later ones hide earlier ones. */
export function mounts(): { point: string; type: string }[] {
  try {
    if (process.platform === 'linux') {
      const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')
      return lines.map((line) => {
        const [left = '', right = ''] = line.split(' - ')
        return { point: unescape(left.split(' ')[4] ?? '/'), type: right.split(' ')[0] ?? '' }
      })
    }
    if (process.platform === 'darwin') {
      const lines = execFileSync('/sbin/mount', { encoding: 'utf8', timeout: 3000 }).trim().split('\n')
      return lines.flatMap((line) => {
        const found = / on (.+) \(([^,)]+)/.exec(line)
        return found ? [{ point: found[1]!, type: found[2]! }] : []
      })
    }
  } catch {
    // An unknown file system is not refused: SQLite tests the locks itself.
  }
  return []
}

/** The real path of the folder or of its nearest existing parent. */
function real(folder: string): string {
  let at = resolve(folder)
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  try {
    return realpathSync(at)
  } catch {
    return at
  }
}

/** Throws E_STORE_PLACE if SQLite's locking is unsafe there; returns a warning for folders that a sync client copies. */
export function checkFileSystem(folder: string, table = mounts()): Warning[] {
  const at = real(folder)
  const inside = (point: string) => at === point || at.startsWith(point.endsWith('/') ? point : `${point}/`)
  const mount = table
    .filter(({ point }) => inside(point))
    .reduce((a, b) => (b.point.length >= a.point.length ? b : a), { point: '', type: '' })
  const name =
    process.platform === 'win32' && at.startsWith('\\\\')
      ? 'SMB'
      : refused.find(([type]) => type.test(mount.type))?.[1]
  if (name) {
    throw new UnrollError(
      'E_STORE_PLACE',
      name === kernel
        ? `${folder}: this folder is on ${name}, which keeps nothing. Choose a folder on a local disk (--data-dir or UNROLL_HOME).`
        : `${folder}: this folder is on ${name}, where file locks do not protect the database. Choose a folder on a local disk (--data-dir or UNROLL_HOME).`,
    )
  }
  const sync = syncFolders.find(([path]) => path.test(`${at}/`))?.[1]
  if (!sync) return []
  return [
    {
      code: 'W_SYNC_FOLDER',
      message: `${folder} is inside ${sync}, whose client may copy the database half-written. A folder outside of it is safer.`,
    },
  ]
}
