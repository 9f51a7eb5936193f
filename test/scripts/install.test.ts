// The installation must end well on every machine: without sources, without a compiler, with a broken source.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'unroll install-'))
const addon = join(folder, 'native', 'build', 'Release', 'unroll.node')
const hasCompiler = ['g++', 'make', 'python3'].every((tool) => spawnSync(tool, ['--version']).status === 0)

const source = (init: string) => `#include <node_api.h>
namespace portable { float twice(float x); }
NAPI_MODULE_INIT() { napi_value v; napi_create_double(env, portable::twice(21), &v); ${init}; return v; }
`

function install(env: Record<string, string> = {}, ...args: string[]) {
  const options = { encoding: 'utf8' as const, env: { ...process.env, ...env } }
  const run = spawnSync(process.execPath, [join(folder, 'scripts', 'install.mjs'), ...args], options)
  return { code: run.status, out: run.stdout, err: run.stderr }
}

beforeAll(() => {
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('installation of the native core', { timeout: 120_000 }, () => {
  it('does nothing where there are no sources', () => {
    expect(install()).toMatchObject({ code: 0, err: '' })
  })

  it('says in one warning what is lost without a compiler, and succeeds', () => {
    mkdirSync(join(folder, 'native', 'kernels'), { recursive: true })
    cpSync(join(root, 'native', 'binding.gyp'), join(folder, 'native', 'binding.gyp'))
    writeFileSync(
      join(folder, 'native', 'kernels', 'k.cc'),
      'namespace UNROLL_ISA { float twice(float x) { return 2 * x; } }\n',
    )
    writeFileSync(join(folder, 'native', 'addon.cc'), source(''))
    const { code, err } = install({ CXX: '/nonexistent/g++', CC: '/nonexistent/gcc' })
    expect(code).toBe(0)
    expect(err.match(/WARNING/g)).toHaveLength(1)
    expect(err).toMatch(/reference executor/)
    expect(install({ CXX: '/nonexistent/g++' }, '--force').code).toBe(1)
  })

  it.skipIf(!hasCompiler)('compiles once, and again only when a source changes', () => {
    expect(install().out).toMatch(/built in/)
    const print = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(addon)})`], {
      encoding: 'utf8',
    })
    expect(print.stdout.trim()).toBe('42')
    expect(install().out).toMatch(/up to date/)
    writeFileSync(join(folder, 'native', 'addon.cc'), source('(void)exports'))
    expect(install().out).toMatch(/built in/)
  })

  it.skipIf(!hasCompiler)('leaves no old addon behind when a source is broken, and names the fault', () => {
    writeFileSync(join(folder, 'native', 'addon.cc'), source('int x = no_such_name'))
    const { code, err } = install()
    expect(code).toBe(0)
    expect(err).toMatch(/addon\.cc.*error.*no_such_name/)
    expect(existsSync(addon)).toBe(false)
  })
})
