// `unroll claims`: the claims of the workbench; add, rename, remove them, test them on a run, and their development in a run.
import type { Command } from 'commander'
import { parseTarget, targetText, type Claim, type StoredClaim } from '../../../contract/claim.ts'
import { nearest, UnrollError } from '../../../contract/errors.ts'
import { interventionHelp } from '../../../contract/intervention.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { figure, table } from '../format.ts'
import { collect, number } from '../options.ts'
import type { Cli } from '../run.ts'

interface AddFlags {
  unit: string
  name?: string
  threshold?: number
  intervene?: string
}
interface TestFlags {
  step?: number
  claim?: string[]
}

export function claimsCommand(program: Command, cli: Cli): void {
  const claims = program
    .command('claims')
    .description('list the claims; see also claims add, rename, remove, test, history')
  claims.action(() => cli.start((app) => list(cli, app)))
  claims
    .command('add')
    .description('add a claim; every new run tests it at each validation')
    .argument('<predicate>', 'where the unit is claimed to be high, such as quote')
    .requiredOption(
      '--unit <unit>',
      'L1.c[90]+ (higher where the predicate holds) or L1.c[90]- for one unit; L1.c for the best unit of c in layer 1',
    )
    .option('--name <text>', 'what to call it; the predicate if left out')
    .option('--threshold <auc>', 'the AUC from which it holds; 0.95 if left out', number('threshold'))
    .option('--intervene <intervention>', `measured by "claims test", too. ${interventionHelp}`)
    .action((predicate: string, { unit, intervene, ...rest }: AddFlags) =>
      cli.start(async (app) => {
        const target = parseTarget(unit)
        const added = await app.call('claims.add', { predicate, ...target, ...rest, intervention: intervene })
        cli.out.object(withLayerFromOne(added))
        cli.out.line(`added ${added.key}`)
      }),
    )
  claims
    .command('rename')
    .description('rename a claim, or change the AUC from which it holds')
    .argument('<claim>', 'its key or name')
    .argument('[name]')
    .option('--threshold <auc>', 'the AUC from which it holds', number('threshold'))
    .action((word: string, name: string | undefined, { threshold }: { threshold?: number }) =>
      cli.start(async (app) => {
        const { key } = await findClaim(app, word)
        const claim = await app.call('claims.update', { key, name, threshold })
        cli.out.object(withLayerFromOne(claim))
        cli.out.line(`${claim.key}: ${claim.name}, holds from an AUC of ${figure(claim.threshold)}`)
      }),
    )
  claims
    .command('remove')
    .description('remove a claim; the curves of runs that tested it stay')
    .argument('<claim>', 'its key or name')
    .action((word: string) =>
      cli.start(async (app) => {
        const removed = await app.call('claims.remove', { key: (await findClaim(app, word)).key })
        cli.out.object(removed)
        cli.out.line(`removed ${removed.key}`)
      }),
    )
  claims
    .command('test')
    .description('test claims on a checkpoint of a run, over the first 8000 symbols of its held-out text')
    .argument('<run>')
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--claim <claim>', 'one claim, by key or name; may be repeated', collect)
    .action((word: string, flags: TestFlags) => cli.start((app) => test(cli, app, word, flags)))
  claims
    .command('history')
    .description(
      'the AUC of claims at every validation and kept checkpoint of a run, and when they first held',
    )
    .argument('<run>')
    .option('--claim <claim>', 'one claim, by key or name; may be repeated', collect)
    .action((word: string, flags: TestFlags) => cli.start((app) => history(cli, app, word, flags)))
}

async function list(cli: Cli, app: App): Promise<void> {
  const claims = await app.call('claims.list', {})
  cli.out.object({ claims: claims.map(withLayerFromOne) })
  if (claims.length === 0) return cli.out.line('No claims yet. Add one: unroll claims add quote --unit L1.c')
  const rows = claims.map((claim) => [claim.key, ...about(claim), claim.intervention ?? '', claim.predicate])
  for (const line of table(['key', 'name', 'unit', 'holds from>', 'intervention', 'predicate'], rows))
    cli.out.line(line)
}

/** A claim as JSON shows it: layers count from 1 there. */
export const withLayerFromOne = <C extends Claim>(claim: C): C => ({ ...claim, layer: claim.layer + 1 })

const about = (claim: Claim): string[] => [
  claim.name,
  `${targetText(claim)}${claim.unit === null ? ' (best unit)' : ''}`,
  figure(claim.threshold),
]

/** The claim with this key or name. Throws E_NOT_FOUND with the nearest, E_ARG if several have the name. */
async function findClaim(app: App, word: string): Promise<StoredClaim> {
  const claims = await app.call('claims.list', {})
  const exact = claims.find(({ key }) => key === word)
  const named = claims.filter(({ name }) => name === word)
  if (exact ?? named.length === 1) return exact ?? named[0]!
  if (named.length > 1)
    throw new UnrollError(
      'E_ARG',
      `${word}: ${named.length} claims have this name: ${named.map(({ key }) => key).join(', ')}. Give the key.`,
    )
  const near = nearest(
    word,
    claims.flatMap(({ key, name }) => [key, name]),
  )
  throw new UnrollError(
    'E_NOT_FOUND',
    `${word.slice(0, 100)}: no claim has this key or name${near ? `; did you mean "${near}"?` : '. "unroll claims" lists them.'}`,
  )
}

async function keysOf(app: App, words: readonly string[] | undefined): Promise<string[] | undefined> {
  if (!words) return undefined
  const keys = []
  for (const word of words) keys.push((await findClaim(app, word)).key)
  return keys
}

async function test(cli: Cli, app: App, word: string, { step, claim }: TestFlags): Promise<void> {
  const { id } = await findRun(app, word)
  const found = await app.call('claims.test', { id, step, keys: await keysOf(app, claim) })
  cli.out.object({
    run: id,
    step: found.step,
    tests: found.tests.map((one) => ({ ...one, claim: withLayerFromOne(one.claim) })),
  })
  cli.out.line(`step ${found.step}`)
  const rows = found.tests.map(({ claim: one, result, holds, effect }) => [
    one.name,
    targetText({ ...one, unit: result.unit, sign: result.sign }),
    figure(result.auc),
    result.auc === null ? 'not tested' : holds ? 'holds' : `below ${figure(one.threshold)}`,
    result.reason ??
      (effect
        ? `${one.intervention!}: loss ${signed(effect.all)} nats, most ${effect.class} ${signed(effect.change)}`
        : `holds at ${result.positives} of ${result.positions} positions`),
  ])
  for (const line of table(['claim', 'unit', 'AUC>', '', ''], rows)) cli.out.line(line)
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${figure(value)}`

async function history(cli: Cli, app: App, word: string, { claim }: TestFlags): Promise<void> {
  const { id } = await findRun(app, word)
  const lives = await app.call('claims.history', { id, keys: await keysOf(app, claim) })
  cli.out.object({
    run: id,
    claims: lives.map((life) => ({ ...life, claim: withLayerFromOne(life.claim) })),
  })
  for (const { claim: one, points, birth, holds, reason } of lives) {
    const told = birth === null ? `never reached ${figure(one.threshold)}` : `born at step ${birth}`
    const now = holds === null ? '' : holds ? ', holds at the end' : ', does not hold at the end'
    cli.out.line(`${one.name}: ${reason ? `not tested: ${reason}` : `${told}${birth === null ? '' : now}`}`)
    const rows = points.map(({ step, auc, unit, source }) => [
      String(step),
      figure(auc),
      unit === null ? '' : String(unit),
      source,
    ])
    if (rows.length)
      for (const line of table(['step>', 'AUC>', 'unit>', 'at a'], rows)) cli.out.line(`  ${line}`)
  }
}
