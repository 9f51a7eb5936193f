// Kills a training process with SIGKILL at random moments, again and again, and checks after each what must hold: a sound database, every
// acknowledged point there once, a truthful status; and at the end the curve and the weights of a run that was never disturbed, bit for bit.
// `npm run test:kill -- --kills 50 --seed 1` (or `--sweep`: dies at the first, second, third ... operation on the disk); the seed is printed, so that a failure can be repeated.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createApp } from '../../src-main/app.ts'
import { demand, inspect, productOf } from './afterKill.ts'
import { all, configs, life, short } from './killedRun.ts'

export interface KillReport {
  kills: number
  runs: number
  acknowledged: number
  seconds: number
}

/** Throws at the first thing that does not hold. */
export async function killLoop({ kills, seed }: { kills: number; seed: number }): Promise<KillReport> {
  let state = (seed * 2654435761) % 2147483647 || 1
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647
  const started = Date.now()
  const folders: string[] = []
  const fresh = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'unroll-kill-'))) - 1]!
  const report: KillReport = { kills: 0, runs: 0, acknowledged: 0, seconds: 0 }
  try {
    while (report.kills < kills) {
      const which = (seed + report.runs++) % configs.length
      const referenceFolder = fresh()
      const undisturbed = await life(referenceFolder, which, '')
      const app = await createApp({ dataDir: referenceFolder })
      const reference = await productOf(app, undisturbed.id)
      await app.close()
      demand(
        undisturbed.ended === 'finished' && reference.weights !== '',
        'the undisturbed run did not finish',
      )

      const folder = fresh()
      // At most a third of all kills to one run, so that every kind of task is disturbed.
      for (let id = '', mine = 0; ;) {
        const last = report.kills >= kills || mine >= Math.max(5, Math.ceil(kills / 3))
        const lived = await life(
          folder,
          which,
          id,
          last ? undefined : { afterStart: random() < 0.2, ms: random() * (random() < 0.5 ? 150 : 900) },
        )
        report.acknowledged += lived.acknowledged.reduce((sum, [, steps]) => sum + steps.length, 0)
        let finished = lived.ended === 'finished'
        if (!finished) {
          report.kills++
          mine++
          // The kill may have come between the end of the run and the child's word of it.
          ;({ id, finished } = await inspect(folder, lived, reference))
        }
        if (finished) {
          const done = await createApp({ dataDir: folder })
          const product = await productOf(done, id || lived.id)
          await done.close()
          demand(product.weights === reference.weights, 'the final weights differ from the undisturbed run')
          demand(
            JSON.stringify([...product.curves]) === JSON.stringify([...reference.curves]),
            'the curves differ from the undisturbed run',
          )
          break
        }
      }
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  report.seconds = Math.round((Date.now() - started) / 1000)
  return report
}

/** Dies at the n-th operation on the disk, for every n until the work is done; checks and finishes what is left each `every`-th time. */
export async function sweep(every: number): Promise<number> {
  const folders: string[] = []
  const fresh = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'unroll-sweep-'))) - 1]!
  const which = all.indexOf(short)
  try {
    const referenceFolder = fresh()
    const { id } = await life(referenceFolder, which, '')
    const app = await createApp({ dataDir: referenceFolder })
    const reference = await productOf(app, id)
    await app.close()
    for (let n = 1; ; n++) {
      const folder = fresh()
      const lived = await life(folder, which, '', undefined, { UNROLL_FAIL_AT: String(n) })
      if (lived.ended === 'finished') return n - 1
      if (!existsSync(join(folder, 'unroll.db'))) continue
      const left = await inspect(folder, lived, reference)
      if (n % every !== 0 || !left.id) continue
      const rest = await life(folder, which, left.id)
      const done = await createApp({ dataDir: folder })
      const product = await productOf(done, rest.id)
      await done.close()
      demand(
        JSON.stringify([...product.curves]) === JSON.stringify([...reference.curves]),
        `died at operation ${n}: the curves differ`,
      )
      demand(product.weights === reference.weights, `died at operation ${n}: the weights differ`)
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--sweep')) {
    const operations = await sweep(5)
    console.log(
      `died at each of ${operations} operations: every state was whole, every fifth was finished to the same bits`,
    )
  } else {
    const option = (name: string, otherwise: number) =>
      Number(process.argv[process.argv.indexOf(name) + 1] ?? NaN) || otherwise
    const [kills, seed] = [option('--kills', 50), option('--seed', Date.now() % 100_000)]
    console.log(`kills ${kills}, seed ${seed}`)
    const report = await killLoop({ kills, seed })
    console.log(
      `${report.kills} kills over ${report.runs} runs in ${report.seconds} s: 0 damaged databases, 0 of ${report.acknowledged} acknowledged points lost, all resumed, curves and weights equal to undisturbed runs bit for bit`,
    )
  }
}
