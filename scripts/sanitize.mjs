// Runs the native tests on two builds of the core: with AddressSanitizer and UndefinedBehaviorSanitizer, and with ThreadSanitizer.
// Linux with GCC only. Usage: node scripts/sanitize.mjs [address|thread] [tests...]
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const kinds = {
  address: {
    compile: '-fsanitize=address,undefined -fno-sanitize-recover=undefined',
    link: '-fsanitize=address,undefined',
    runtime: ['libasan.so', 'libubsan.so', 'libstdc++.so'],
    options: () => ({ ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' }),
  },
  thread: {
    compile: '-fsanitize=thread',
    link: '-fsanitize=thread',
    runtime: ['libtsan.so'],
    // Node is not built for it and is reported too; what counts is read from the reports.
    options: (reports) => ({ TSAN_OPTIONS: `exitcode=0 log_path=${join(reports, 'report')}` }),
  },
}

/** Runs a command and leaves with its status if it fails. */
function must(command, args, options) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) process.exit(status ?? 1)
}

/** Builds a copy of native/ with that sanitizer; returns the copy's folder. */
function build(name, { compile, link }) {
  const copy = join(root, 'node_modules', '.cache', 'sanitize', name)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(join(copy, 'reports'), { recursive: true })
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
    [
      nodeGyp,
      'rebuild',
      '-C',
      join(copy, 'native'),
      '-j',
      'max',
      ...(headers ? [`--nodedir=${headers}`] : []),
    ],
    { env: { ...process.env, CXXFLAGS: `${compile} -fno-omit-frame-pointer -g -O1`, LDFLAGS: link } },
  )
  return copy
}

/** Races in the core: one of the two accesses was made by it, seen from the first frame that is not the sanitizer's. */
function races(reports) {
  const texts = readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'))
  const isAccess = (stack) => /(read|write) of size/i.test(stack.split('\n')[0])
  const frame = (stack) => stack.split('\n').find((line) => /^ +#\d/.test(line) && !line.includes('(libtsan'))
  return texts
    .flatMap((text) => text.split(/^=+$/m))
    .filter((report) => report.includes('WARNING: ThreadSanitizer'))
    .filter((report) =>
      report
        .replace(/^.*WARNING: ThreadSanitizer.*\n/m, '')
        .trimStart()
        .split(/\n\s*\n/)
        .some((stack) => isAccess(stack) && frame(stack)?.includes('(unroll.node+')),
    )
}

function check(name, tests) {
  const kind = kinds[name]
  console.log(`\n== ${name}: compiling`)
  const copy = build(name, kind)
  const reports = join(copy, 'reports')
  const runtime = kind.runtime.map((library) =>
    execFileSync('g++', [`-print-file-name=${library}`], { encoding: 'utf8' }).trim(),
  )
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--testTimeout=1800000', ...tests],
    {
      stdio: 'inherit',
      cwd: root,
      env: {
        ...process.env,
        UNROLL_NATIVE: join(copy, 'native', 'build', 'Release', 'unroll.node'),
        LD_PRELOAD: runtime.join(':'),
        ...kind.options(reports),
      },
    },
  )
  const found = races(reports)
  for (const report of found.slice(0, 5)) console.error(report)
  if (found.length > 0) {
    console.error(`== ${name}: ${found.length} races in the core; all reports are in ${reports}`)
    process.exit(1)
  }
  if (status !== 0) {
    console.error(`== ${name}: no race in the core, but tests failed`)
    process.exit(status ?? 1)
  }
  console.log(`== ${name}: clean`)
}

const [first, ...rest] = process.argv.slice(2)
const chosen = Object.hasOwn(kinds, first) ? [first] : Object.keys(kinds)
const tests = Object.hasOwn(kinds, first) ? rest : process.argv.slice(2)
for (const name of chosen) check(name, tests.length > 0 ? tests : ['test/native'])
