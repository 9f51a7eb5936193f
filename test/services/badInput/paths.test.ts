// Bad-input catalogue, rows 8 and 18-20: paths that cannot be read.
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { appendFileSync, chmodSync, symlinkSync, truncateSync, writeFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { UnrollError } from '../../../src-main/contract/errors.ts'
import { readUserFile, refuseTooLarge } from '../../../src-main/services/readFile.ts'
import { codeOf, freshFolder } from '../../store/folder.ts'
import { openApp } from '../apps.ts'
import { long } from './textFiles.ts'

async function readThrough(path: string, meanwhile?: () => void): Promise<void> {
  for await (const piece of readUserFile(path, { ...(meanwhile && { meanwhile }) }))
    expect(piece.length).toBeGreaterThan(0)
}

describe('paths', () => {
  const linux = process.platform === 'linux'
  const cases: [string, (folder: string) => string, string, RegExp][] = [
    ['18: an empty folder', (folder) => folder, 'E_DATA_EMPTY', /has no files/],
    ['18: a folder of the kernel', () => '/proc', 'E_NOT_A_FILE', /kernel/],
    ['19: not there', (folder) => join(folder, 'nope.txt'), 'E_PATH', /there is no such file or folder \(ENOENT\)/],
    ['19: a circle of links', (folder) => {
      symlinkSync(join(folder, 'b'), join(folder, 'a'))
      symlinkSync(join(folder, 'a'), join(folder, 'b'))
      return join(folder, 'a')
    }, 'E_PATH', /circle \(ELOOP\)/],
    ['19: 5,000 characters', (folder) => join(folder, 'x'.repeat(5000)), 'E_PATH', /too long/],
    ['19: NUL in the path', (folder) => `${folder}/a\0b`, 'E_PATH', /NUL/],
    ...(linux
      ? ([
          ['18: a pipe', (folder) => (spawnSync('mkfifo', [join(folder, 'p')]), join(folder, 'p')), 'E_NOT_A_FILE', /a pipe/],
          ['18: /dev/zero', () => '/dev/zero', 'E_NOT_A_FILE', /a device/],
          ['18: /proc/self/mem', () => '/proc/self/mem', 'E_NOT_A_FILE', /kernel/],
          ['18: a link to a device', (folder) => (symlinkSync('/dev/zero', join(folder, 'z')), join(folder, 'z')), 'E_NOT_A_FILE', /a device/],
        ] as [string, (folder: string) => string, string, RegExp][])
      : []),
  ] // prettier-ignore
  it.each(cases)('%s is refused at once', async (_, path, code, message) => {
    const app = await openApp()
    const at = path(freshFolder())
    const started = Date.now()
    const error = await app.call('data.importFile', { path: at }, { local: true }).then(
      () => undefined,
      (e: unknown) => e as UnrollError,
    )
    expect(Date.now() - started).toBeLessThan(1000)
    expect(error?.code).toBe(code)
    expect(error!.message).toMatch(message)
  })

  it('18: a socket', async () => {
    const path = join(freshFolder(), 's')
    const server = createServer().listen(path)
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    expect(await codeOf(() => readThrough(path))).toBe('E_NOT_A_FILE')
  })

  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)('19: no permission', async () => {
    const path = join(freshFolder(), 'f')
    writeFileSync(path, long)
    chmodSync(path, 0)
    expect(await codeOf(() => readThrough(path))).toBe('E_PATH')
  })

  it.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'more')],
    ['shrinks', (path) => truncateSync(path, 10)],
    [
      'is replaced',
      (path) => {
        writeFileSync(`${path}.new`, long)
        renameSync(`${path}.new`, path)
      },
    ],
  ])('20: a file that %s while it is read', async (_, change) => {
    const path = join(freshFolder(), 'f')
    writeFileSync(path, long)
    expect(await codeOf(() => readThrough(path, () => change(path)))).toBe('E_DATA_CHANGED')
    expect(await codeOf(() => readThrough(path))).toBe('')
  })

  it('8: 5 GB with 1 GB free is refused before a byte is read, with both figures', () => {
    expect(() => refuseTooLarge('big.txt', 5 * 2 ** 30, 2 ** 30)).toThrow(
      /big\.txt has 5120\.0 MB; at most 724\.0 MB.*1024\.0 MB of memory/,
    )
  })

  it('is for the terminal only', async () => {
    const app = await openApp()
    expect(await codeOf(() => app.call('data.importFile', { path: '/etc/hostname' }))).toBe('E_FORBIDDEN')
  })
})
