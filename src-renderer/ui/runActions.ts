// Actions on runs with their confirmations. runMenu.ts lists the actions offered for a run.
import { useRouter } from 'vue-router'
import { fileName, saveFile } from '../charts/saveChart.ts'
import { useConfirm } from '../state/confirm.ts'
import { useClient } from '../state/connection.ts'
import { useNotices } from '../state/notices.ts'
import { useRunFilter } from '../state/runFilter.ts'
import { countOf, useRuns } from '../state/runs.ts'
import { isLive } from './status.ts'

export function useRunActions() {
  const runs = useRuns()
  const filter = useRunFilter()
  const confirm = useConfirm()
  const { attempt, tell } = useNotices()
  const router = useRouter()

  const open = (id: string) => void router.push({ name: 'run', params: { id } })
  const clone = (id: string) => void router.push({ name: 'launch', query: { from: id } })
  const fork = (id: string, step?: number) =>
    void router.push({
      name: 'launch',
      query: { fork: id, ...(step !== undefined && { step: String(step) }) },
    })
  /** Moves runs to the trash; for runs that are still training it offers to stop them first. */
  async function trash(ids: readonly string[]): Promise<void> {
    const busy = ids.filter((id) => runs.byId(id) && isLive(runs.byId(id)!))
    const idle = ids.filter((id) => !busy.includes(id))
    await attempt(() => runs.trash(idle))
    if (busy.length === 0) return
    const who = busy.length === 1 ? `${runs.byId(busy[0]!)!.name} is` : `${busy.length} runs are`
    const action = { label: 'Stop and trash', run: () => void attempt(() => runs.stopAndTrash(busy)) }
    tell('warning', `${who} still training, so not in the trash.`, { action })
  }
  /** Confirms an action on several runs, listing those hidden by the filter; resolves with the runs to act on. */
  async function agreed(
    ids: readonly string[],
    verb: string,
    ask: { title: string; text?: string },
  ): Promise<string[]> {
    const unseen = new Set(filter.hiddenSelected.map((run) => run.id))
    const hidden = ids.filter((id) => unseen.has(id))
    const shown = ids.filter((id) => !unseen.has(id))
    const answer = await confirm.ask({
      title: ask.title,
      text: [ask.text, hidden.length > 0 && `The filter hides ${hidden.length} of ${ids.length}:`]
        .filter(Boolean)
        .join(' '),
      names: (hidden.length > 0 ? hidden : ids).flatMap((id) => runs.byId(id)?.name ?? []),
      choices: [
        ...(hidden.length > 0 && shown.length > 0
          ? [{ value: 'shown', label: `${verb} the ${shown.length} shown` }]
          : []),
        { value: 'all', label: ids.length === 1 ? verb : `${verb} all ${ids.length}`, danger: true },
      ],
    })
    return answer === 'all' ? [...ids] : answer === 'shown' ? shown : []
  }
  async function trashSelected(): Promise<void> {
    const ids = [...runs.selected]
    const title = `Move ${countOf(ids.length)} to the trash?`
    await trash(filter.hiddenSelected.length > 0 ? await agreed(ids, 'Trash', { title }) : ids)
  }
  /** Deletes permanently after a confirmation. */
  async function purge(ids: readonly string[]): Promise<void> {
    const chosen = await agreed(ids, 'Delete', {
      title: `Delete ${countOf(ids.length)} for good?`,
      text: 'Curves, samples, notes and checkpoints go with them. This cannot be undone.',
    })
    if (chosen.length > 0 && (await attempt(async () => (await runs.purge(chosen), true))))
      tell('success', `Deleted ${countOf(chosen.length)} for good`)
  }

  const compare = (ids: readonly string[]) => {
    if (ids.length < 2) tell('info', 'Select two runs or more to compare them.')
    else void router.push({ name: 'compare', query: { ids: ids.join(',') } })
  }

  async function save(id: string, what: 'weights' | 'metrics' | 'config'): Promise<void> {
    await attempt(async () => {
      const { filename, bytes } = await useClient().call('runs.export', { id, what })
      saveFile(fileName(filename), new Blob([Uint8Array.from(bytes)]))
    })
  }
  return { open, clone, fork, trash, trashSelected, purge, compare, save }
}
