import { expect, it } from 'vitest'
import { systemError, systemErrorCodes } from '../../src-main/contract/systemErrors.ts'
import { diskError } from '../../src-main/store/files.ts'

const written =
  'EISDIR ENOTDIR EACCES EROFS ENOSPC EDQUOT ENAMETOOLONG EXDEV ENOENT EMFILE EFBIG EIO EPERM ENFILE'.split(
    ' ',
  )

it.each(written)('%s has words and advice of its own when a file is written', (code) => {
  expect(systemErrorCodes).toContain(code)
  const { message } = diskError(Object.assign(new Error(`${code}: x`), { code }), 'writing a.bin')
  expect(message).toBe(
    `writing a.bin: ${systemError({ code }).reason}. Nothing was replaced. ${systemError({ code }).advice}`,
  )
  expect(message).toContain(`(${code})`)
  // Only a full disk or quota is helped by space.
  expect(message.includes('space')).toBe(code === 'ENOSPC' || code === 'EDQUOT')
})

it.each([
  ['EACCES', 'E_STORE_READONLY'],
  ['EROFS', 'E_STORE_READONLY'],
  ['EISDIR', 'E_NOT_A_FILE'],
  ['ENAMETOOLONG', 'E_PATH'],
  ['ENOSPC', 'E_DISK'],
  ['EWHATEVER', 'E_DISK'],
])('%s is %s', (code, expected) => expect(diskError({ code }, 'writing').code).toBe(expected))
