// A trained model with a NaN in its weights is taken from the page only after a yes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench

beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

/** Weights of a short run with one number made NaN. */
async function spoiledWeights(): Promise<Buffer> {
  await bench.unroll(
    'train',
    '--preset',
    'prose',
    '--set',
    'model.hidden=8',
    '--set',
    'train.steps=5',
    '--quiet',
  )
  const path = join(bench.home, 'weights.safetensors')
  await bench.unroll('export', 'last', '--what', 'weights', '--out', path)
  const read = readCheckpoint(readFileSync(path))
  read.tensors.get('readout.w')!.data[0] = NaN
  return Buffer.from(writeCheckpoint({ ...read, parts: 'weights' }))
}

it('asks before it takes weights that are not numbers, and takes no for an answer', async () => {
  const { page } = bench
  const buffer = await spoiledWeights()
  await page.goto(`${bench.origin}/#/runs`)
  const rows = page.getByRole('grid').getByRole('row').filter({ hasText: 'Finished' })
  await expect.poll(() => rows.count()).toBe(1)
  const choose = () =>
    page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'spoiled.safetensors', mimeType: 'application/octet-stream', buffer })
  const dialog = page.getByRole('dialog', { name: 'Import these weights all the same?' })

  await choose()
  await dialog.waitFor()
  expect(await dialog.getByRole('radio').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Do not import' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await rows.count()).toBe(1)

  await choose()
  await dialog.getByRole('button', { name: 'Import anyway' }).click()
  await expect.poll(() => rows.count()).toBe(2)
})
