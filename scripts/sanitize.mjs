// Runs the native tests on a build of the core with AddressSanitizer and UndefinedBehaviorSanitizer. Linux with GCC only.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const copy = join(root, 'node_modules', '.cache', 'sanitize')
const flags = '-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g -O1'

/** Runs a command and leaves with its status if it fails. */
function must(command, args, options) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(copy, { recursive: true, force: true })
mkdirSync(copy, { recursive: true })
cpSync(join(root, 'native'), join(copy, 'native'), {
  recursive: true,
  filter: (path) => !path.startsWith(join(root, 'native', 'build')),
})
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
// Headers: npm's setting, else those beside this Node, else node-gyp downloads them.
const beside = join(realpathSync(process.execPath), '..', '..')
const headers =
  process.env.npm_config_nodedir ?? (existsSync(join(beside, 'include', 'node')) ? beside : undefined)
const nodeGyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
must(
  process.execPath,
  [nodeGyp, 'rebuild', '-C', join(copy, 'native'), '-j', 'max', ...(headers ? [`--nodedir=${headers}`] : [])],
  {
    env: { ...process.env, CXXFLAGS: flags, LDFLAGS: '-fsanitize=address,undefined' },
  },
)
const runtime = ['libasan.so', 'libubsan.so', 'libstdc++.so'].map((name) =>
  execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
)
must(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/native', ...process.argv.slice(2)],
  {
    cwd: root,
    env: {
      ...process.env,
      UNROLL_NATIVE: join(copy, 'native', 'build', 'Release', 'unroll.node'),
      LD_PRELOAD: runtime.join(':'),
      ASAN_OPTIONS: 'detect_leaks=0',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    },
  },
)
