// Which process holds the database, for an error that names it. It looks and never signals.
import { existsSync, readFileSync, statSync } from 'node:fs'

/** Pid of another process that holds a write lock on the database, from the kernel's table; undefined where there is none. */
export function holderOf(path: string): number | undefined {
  try {
    const files = [path, `${path}-shm`].filter(existsSync).map((file) => String(statSync(file).ino))
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, pid, inode] = /WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
      if (inode && files.includes(inode) && Number(pid) !== process.pid) return Number(pid)
    }
  } catch {
    // Not Linux: the pid is a service, not a need.
  }
  return undefined
}
