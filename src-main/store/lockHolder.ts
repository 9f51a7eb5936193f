// Finds the process that holds the database's lock, for the error message. It never signals a process.
import { existsSync, readFileSync, statSync } from 'node:fs'

/** Pid of another process with a write lock on the database, from /proc/locks; undefined if there is none. */
export function holderOf(path: string): number | undefined {
  try {
    const files = [path, `${path}-shm`].filter(existsSync).map((file) => String(statSync(file).ino))
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, pid, inode] = /WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
      if (inode && files.includes(inode) && Number(pid) !== process.pid) return Number(pid)
    }
  } catch {
    // Not on Linux: the message then names no pid.
  }
  return undefined
}
