// What the page of a run offers when the run ended before its time, drawn without a browser.
import { expect, it } from 'vitest'
import { createSSRApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import type { Checkpoint, RunRow } from '@contract/run.ts'
import { divergedError } from '@contract/diverged.ts'
import RunFault from '@/views/run/RunFault.vue'
import { checkpointChoices } from '@/views/run/checkpointChoices.ts'
import { fakeRun } from '../../standIn/data.ts'

const run = fakeRun(5, 1e12)
const checkpoint = (step: number, more: Partial<Checkpoint> = {}): Checkpoint => ({
  runId: run.id,
  step,
  createdAt: 0,
  bytes: 1,
  sha256: '',
  loss: null,
  best: false,
  missing: false,
  ...more,
})

async function links(of: RunRow, checkpoints: Checkpoint[]): Promise<[text: string, href: string][]> {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ name: 'launch', path: '/launch', component: {} }],
  })
  const app = createSSRApp(RunFault, { run: of, error: of.error, checkpoints }).use(router)
  const html = await renderToString(app)
  return [...html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)].map(([, href, inner]) => [
    inner!.replace(/<[^>]*>/g, '').trim(),
    href!.replaceAll('&amp;', '&'),
  ])
}

it('offers a fork with milder settings from the last checkpoint whose loss was a number', async () => {
  const found = await links(run, [checkpoint(910), checkpoint(900, { missing: true }), checkpoint(500)])
  expect(found).toEqual([
    ['Fork from step 500 with a lower learning rate', `/launch?fork=${run.id}&step=500&milder`],
    ['Start again with a lower learning rate', `/launch?from=${run.id}&milder`],
  ])
})

it('offers a new start alone where no such checkpoint is left, and what the optimiser has', async () => {
  const config = {
    ...run.config,
    train: { ...run.config.train },
    optimizer: { ...run.config.optimizer, name: 'hessianfree' as const },
  }
  const found = await links(
    { ...run, config, error: divergedError(910, 'loss is NaN', { id: run.id, config }) },
    [checkpoint(910)],
  )
  expect(found).toEqual([['Start again with stronger damping', `/launch?from=${run.id}&milder`]])
})

it('offers none of this for a run that failed otherwise', async () => {
  const error = { code: 'E_WORKER' as const, message: 'The worker ended with exit code 3.' }
  expect(await links({ ...run, error }, [checkpoint(500)])).toEqual([])
})

it('never calls a state best that is not, nor chooses the one at which the loss was NaN', () => {
  const [first] = checkpointChoices(run, [checkpoint(910), checkpoint(500)], null)
  expect(first!.label).toBe('Newest (step 500)')
  // None is of a step with a finite loss.
  expect(checkpointChoices(run, [checkpoint(910)], null)[0]!.label).toBe('Newest (step 910)')
  expect(checkpointChoices(run, [checkpoint(910), checkpoint(500, { best: true })], null)[0]!.label).toBe(
    'Best',
  )
})
