// Notices of ended runs: a toast, an entry in the list of notices and, if enabled, a desktop notification. Runs that ended within the last
// day are listed at the start, as new ones if no page has shown them before.
import { divergedAt } from '@contract/diverged.ts'
import { rankingSummary } from '@contract/metrics.ts'
import type { RunRow } from '@contract/run.ts'
import { watch } from 'vue'
import { formatCount, formatNumber } from '../ui/format.ts'
import { shortened, visibleText } from '../ui/visible.ts'
import { useDesktop } from './desktop.ts'
import { useNotices, type NoticeKind } from './notices.ts'
import { remembered } from './remember.ts'
import { endsByItself, useRuns } from './runs.ts'

const dayMs = 86_400_000
const mostOld = 50
/** Maximum characters of the name of a run in a notice. */
const longestName = 60
const isNumber = (value: unknown): value is number => typeof value === 'number'

/** Kind and message of the notice of an ended run. */
export function endOf(run: RunRow): { kind: NoticeKind; message: string; code?: string } {
  const name = shortened(visibleText(run.name), longestName)
  if (run.status === 'finished') {
    const ranking = rankingSummary(run)
    const result = ranking ? ` ${ranking.name} ${formatNumber(ranking.last)} at` : ' at'
    return { kind: 'success', message: `${name} finished:${result} step ${formatCount(run.step)}.` }
  }
  if (run.status === 'failed') {
    const what = divergedAt(run) === undefined ? 'failed' : 'diverged'
    const { message = 'the reason is not known.', code } = run.error ?? {}
    return { kind: 'error', message: `${name} ${what}: ${message}`, ...(code && { code }) }
  }
  const where = `at about step ${formatCount(run.step)}`
  return { kind: 'warning', message: `${name} was interrupted ${where}: its process vanished.` }
}

/** Starts the notices; call it once, before the runs are loaded. */
export function tellRunEnds(open: (id: string) => void): void {
  const [runs, notices, desktop] = [useRuns(), useNotices(), useDesktop()]
  const toldUpTo = remembered('runEndsToldUpTo', 0, isNumber)
  runs.onEnd((run) => {
    const { kind, message, code } = endOf(run)
    notices.tell(kind, message, { runId: run.id, ...(code && { code }) })
    desktop.show(message, run.id, open)
    toldUpTo.value = Math.max(toldUpTo.value, run.endedAt ?? 0)
  })
  watch(
    () => runs.phase === 'ready',
    () => {
      const since = Date.now() - dayMs
      const ended = runs.list
        .filter((run) => endsByItself.includes(run.status) && (run.endedAt ?? 0) > since)
        .sort((a, b) => a.endedAt! - b.endedAt!)
      for (const run of ended.slice(-mostOld))
        notices.file({
          ...endOf(run),
          runId: run.id,
          at: run.endedAt!,
          isOld: run.endedAt! <= toldUpTo.value,
        })
      toldUpTo.value = Math.max(toldUpTo.value, ended.at(-1)?.endedAt ?? 0)
    },
    { once: true },
  )
}
