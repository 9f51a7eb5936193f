// No source file is longer than 300 lines: a longer one holds more than one idea and is split along them.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const limit = 300
const folders = ['bin', 'native', 'scripts', 'src-main', 'src-renderer', 'test']
const source = /\.(ts|vue|mjs|js|cc|h|css)$/
/** What a build leaves, and recorded inputs of tests. */
const notWritten = /^(native\/build|test\/fixtures)\//

const root = fileURLToPath(new URL('..', import.meta.url))
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && source.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !notWritten.test(path)),
)

const linesOf = (path: string): number => readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length

it(`no source file has more than ${limit} lines`, () => {
  const tooLong = files
    .map((path) => ({ path, lines: linesOf(path) }))
    .filter(({ lines }) => lines > limit)
    .sort((a, b) => b.lines - a.lines)
  expect(tooLong.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([])
  expect(files.length).toBeGreaterThan(500)
})
