// Tells how runs ended, whatever is on the screen: a toast and an entry among the notices, and on the desktop when that is wanted. The ends
// of the last day are among the notices from the start, as news if no page has told them before.
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
/** Characters of a name in a notice: it has a line or two. */
const longestName = 60
const isNumber = (value: unknown): value is number => typeof value === 'number'

/** What is said of a run that ended. */
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

/** Begins to tell; call it once, before the runs are read. */
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
