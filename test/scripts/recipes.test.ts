// `npm run recipes` measures a promise through the command line and refuses what it cannot measure.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../bench/recipes.ts', import.meta.url))
const recipes = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args])
const refusal = (...args: string[]) =>
  recipes(...args).catch(({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }))

it('says what each seed reached and how many kept the promise', async () => {
  const { stdout, stderr } = await recipes(
    ...['parity', '--seeds', '1', '--first', '7', '--json'],
    ...['--set', 'train.steps=20', '--set', 'logging.evalEvery=0', '--set', 'logging.gradientEvery=0'],
  )
  const said = JSON.parse(stdout) as { preset: string; seeds: number[]; promises: { values: number[] }[] }
  expect(said).toMatchObject({
    preset: 'parity',
    seeds: [7],
    promises: [
      { metric: 'val/accuracy', promised: expect.stringContaining('at least 1') as string, kept: 0, of: 1 },
    ],
  })
  for (const value of said.promises[0]!.values) expect(value).toBeGreaterThan(0.3)
  expect(stderr).toContain('to repeat: --first 7 --seeds 1')
}, 60_000)

it('names the nearest preset, and the file that one needs', async () => {
  expect(await refusal('parit')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no preset parit; did you mean parity?') as string,
  })
  expect(await refusal('alice')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Name it with --data FILE.') as string,
  })
}, 60_000)
