// All gates: types, lint, the page's build, every test. Ends with one line `N passed, N failed`; types, lint and the
// build count as one check each. `--no-e2e` leaves out the browser tests; other arguments go to vitest.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { onFitNode, root } from './nodeVersion.mjs'

const budgetSeconds = 30 * 60
const bin = (name) => join(root, 'node_modules', name)
const counts = { passed: 0, failed: 0 }
const times = []

/** Runs a Node program in the project's root with inherited output; resolves to its exit code. */
function run(...args) {
  const env = { ...process.env, PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env })
    child.on('error', () => resolve(1))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** Times `work` (resolves to { passed, failed }), adds its counts and tells its result. */
async function stage(name, work) {
  const started = Date.now()
  process.stdout.write(`\n== ${name}\n`)
  const { passed, failed } = await work()
  counts.passed += passed
  counts.failed += failed
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  times.push(`${name} ${seconds} s`)
  process.stdout.write(`== ${name}: ${failed ? `${failed} failed` : 'passed'} in ${seconds} s\n`)
}

/** One check made of several commands, all of which run. */
async function check(commands) {
  const codes = []
  for (const command of commands) codes.push(await run(...command))
  const failed = codes.some((code) => code !== 0) ? 1 : 0
  return { passed: 1 - failed, failed }
}

/** Counts of vitest's JSON report; a file that cannot be loaded and an error outside any test are one failure each. */
function countTests(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  const { testResults, numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  const isUnloadable = (file) =>
    file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
  const failed = numFailedTests + testResults.filter(isUnloadable).length
  if (numPendingTests) process.stdout.write(`${numPendingTests} skipped\n`)
  return { passed: numPassedTests, failed: failed || (code === 0 ? 0 : 1) }
}

async function tests(project, args) {
  const report = join(root, 'test-results', `${project}.json`)
  mkdirSync(join(root, 'test-results'), { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await run(bin('vitest/vitest.mjs'), 'run', '--project', project, ...reporters, ...args)
  return countTests(report, code)
}

await onFitNode(async () => {
  const args = process.argv.slice(2).filter((arg) => arg !== '--no-e2e')
  const withBrowser = args.length === process.argv.length - 2
  const started = Date.now()
  const types = ['node', 'web', 'test'].map((name) => [
    bin('vue-tsc/bin/vue-tsc.js'),
    '-p',
    `tsconfig.${name}.json`,
  ])
  await stage('types', () => check(types))
  await stage('lint', () =>
    check([
      [
        bin('eslint/bin/eslint.js'),
        '.',
        '--max-warnings=0',
        '--cache',
        '--cache-location',
        'node_modules/.cache/eslint/',
      ],
      [bin('prettier/bin/prettier.cjs'), '--check', '.', '--cache', '--log-level=warn'],
    ]),
  )
  await stage('build', () => check([['scripts/build.mjs', '--all']]))
  await stage('unit', () => tests('unit', args))
  if (withBrowser) await stage('e2e', () => tests('e2e', args))
  const total = (Date.now() - started) / 1000
  process.stdout.write(`\n${times.join(', ')}; ${total.toFixed(0)} s of ${budgetSeconds} s\n`)
  if (total > budgetSeconds) process.stdout.write('WARNING: the tests took longer than their budget\n')
  process.exitCode = counts.failed || !counts.passed ? 1 : 0
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
})
