// Actions offered for a run as menu entries, used by row menus, the run page and the palette.
import { hasWeights, whyNoAnalyses } from '@contract/taskInfo.ts'
import type { RunRow } from '@contract/run.ts'
import { useRouter } from 'vue-router'
import { useNotices } from '../state/notices.ts'
import { useCommands, type Command } from '../state/commands.ts'
import { useRuns } from '../state/runs.ts'
import type { MenuItem } from './menu.ts'
import { useRunActions } from './runActions.ts'
import { shortcuts } from './shortcuts.ts'
import { canPause, canResume, canStop } from './status.ts'

/** Context of a menu: `rename` edits the name in place; the entry that opens `page` itself is left out. */
export interface MenuPlace {
  rename?: (id: string) => void
  page?: string
}

export function useRunMenu() {
  const runs = useRuns()
  const actions = useRunActions()
  const { attempt } = useNotices()
  const router = useRouter()

  return (run: RunRow, { rename, page }: MenuPlace = {}): MenuItem[] => {
    const { id } = run
    const go = (name: string) => () => void router.push({ name, params: { id } })
    const open: MenuItem = {
      label: 'Open',
      icon: 'runs',
      keys: shortcuts.openRun.keys,
      run: () => actions.open(id),
    }
    const started = hasWeights(run)
    if (run.trashedAt !== null) {
      const restore = () => void attempt(() => runs.restore([id]))
      return [...(page === 'run' ? [] : [open]), { label: 'Restore', icon: 'restore', run: restore }]
    }
    const views: (MenuItem & { page: string })[] = [
      { page: 'run', ...open },
      ...(run.task.abilities.inspects
        ? [
            {
              page: 'neurons',
              label: 'Neurons',
              icon: 'neurons' as const,
              disabled: !started,
              run: go('neurons'),
            },
          ]
        : []),
      ...(whyNoAnalyses(run.task) === undefined
        ? [
            {
              page: 'analyses',
              label: 'Analyses',
              icon: 'analyses' as const,
              disabled: !started,
              run: go('analyses'),
            },
          ]
        : []),
      ...(run.task.abilities.generates
        ? [
            {
              page: 'sample',
              label: `Generate ${run.task.abilities.generates}`,
              icon: run.task.abilities.generates === 'images' ? ('picture' as const) : ('sample' as const),
              disabled: !started,
              run: go('sample'),
            },
          ]
        : []),
      ...(run.task.abilities.applies
        ? [{ page: 'try', label: 'Try new inputs', icon: 'try' as const, disabled: !started, run: go('try') }]
        : []),
      { page: 'program', label: 'Program', icon: 'program', run: go('program') },
    ]
    const others = [...runs.selected].filter((one) => one !== id)
    return [
      ...views.flatMap(({ page: name, ...item }) => (name === page ? [] : [item])),
      {
        label: others.length > 0 ? 'Compare with the selected runs' : 'Compare with other runs',
        icon: 'compare',
        run: () => void router.push({ name: 'compare', query: { ids: [id, ...others].join(',') } }),
      },
      {
        label: 'Pause',
        icon: 'pause',
        separated: true,
        disabled: !canPause(run),
        run: () => void attempt(() => runs.pause(id)),
      },
      {
        label: 'Resume',
        icon: 'play',
        disabled: !canResume(run),
        run: () => void attempt(() => runs.resume(id)),
      },
      { label: 'Stop', icon: 'stop', disabled: !canStop(run), run: () => void attempt(() => runs.stop(id)) },
      { label: 'Clone to the form', icon: 'copy', separated: true, run: () => actions.clone(id) },
      { label: 'Fork from a checkpoint', icon: 'fork', disabled: !started, run: () => actions.fork(id) },
      ...(rename
        ? [{ label: 'Rename', icon: 'edit' as const, keys: shortcuts.rename.keys, run: () => rename(id) }]
        : []),
      {
        label: run.pinned ? 'Unpin' : 'Pin to the top',
        icon: 'pin',
        run: () => void attempt(() => runs.update({ id, pinned: !run.pinned })),
      },
      {
        label: 'Save weights (safetensors)',
        icon: 'download',
        separated: true,
        disabled: !started,
        run: () => void actions.save(id, 'weights'),
      },
      { label: 'Save metrics (CSV)', icon: 'download', run: () => void actions.save(id, 'metrics') },
      { label: 'Save configuration (JSON)', icon: 'download', run: () => void actions.save(id, 'config') },
      {
        label: 'Move to the trash',
        icon: 'trash',
        keys: shortcuts.trash.keys,
        danger: true,
        separated: true,
        run: () => void actions.trash([id]),
      },
    ]
  }
}

/** Menu entries as commands of the palette with their keys, except Enter, which opens the active row of a list. */
export const commandsOf = (items: readonly MenuItem[]): Command[] =>
  items.map(({ label, icon, keys, disabled, run }) => ({
    title: label,
    group: 'This run',
    ...(icon && { icon }),
    ...(keys && keys !== shortcuts.openRun.keys && { keys }),
    enabled: () => !disabled,
    run,
  }))

/** Registers the actions of the displayed run as commands until the calling component is unmounted. */
export function useRunCommands(run: () => RunRow, place: MenuPlace): void {
  const menuOf = useRunMenu()
  useCommands(() => commandsOf(menuOf(run(), place)))
}
