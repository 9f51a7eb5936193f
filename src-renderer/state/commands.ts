// Commands of the page: the palette lists them, the list of shortcuts shows their keys, one listener on the document runs them.
import { computed, onScopeDispose, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import type { IconName } from '../ui/icons.ts'
import { isTyping, usesArrows } from '../ui/keys.ts'
import { isOneOf, type CommandGroup, type Shortcut } from '../ui/shortcuts.ts'

export interface Command extends Partial<Shortcut> {
  title: string
  group: CommandGroup
  icon?: IconName
  /** Undefined = an element handles the keys itself: the command is in the list of shortcuts, but not in the palette. */
  run?: () => void
  /** Whether the keys work while a text field has the focus. */
  whileTyping?: boolean
  /** Whether the command applies now; undefined = always. */
  enabled?: () => boolean
  /** Whether the palette leaves the command out (the palette itself). */
  unlisted?: boolean
}
type Usable = Command & { run: () => void }

const registered = shallowRef<readonly MaybeRefOrGetter<readonly Command[]>[]>([])

const isOn = (one: Command): boolean => one.enabled?.() ?? true
/** Commands that apply now, global ones first. */
export const shownCommands = computed(() => registered.value.flatMap((one) => toValue(one)).filter(isOn))
/** Commands of the palette, those of the open view first. */
export const paletteCommands = computed(() =>
  registered.value
    .toReversed()
    .flatMap((one) => toValue(one))
    .filter((one): one is Usable => one.run !== undefined && !one.unlisted && isOn(one)),
)

/** Registers commands until the calling component is unmounted; a getter is evaluated again when its dependencies change. */
export function useCommands(commands: MaybeRefOrGetter<readonly Command[]>): void {
  registered.value = [...registered.value, commands]
  onScopeDispose(() => (registered.value = registered.value.filter((one) => one !== commands)))
}

/** Commands with keys without duplicates: a list and a page may register the same command with the same keys. */
export const keyRows = (commands: readonly Command[]): Shortcut[] => [
  ...new Map(
    commands.flatMap(({ title, group, keys }) =>
      keys ? [[`${title} ${keys}`, { title, group, keys }]] : [],
    ),
  ).values(),
]

/** Runs the newest enabled command with these keys; true if there was one. Ignores keys that a control, dialog or menu handles. */
export function runKeys(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  const typing = isTyping(event.target)
  const modal = document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]')
  if (event.key.startsWith('Arrow') && usesArrows(event.target)) return false
  for (const command of shownCommands.value.toReversed()) {
    if (!command.run || !command.keys || !isOneOf(event, command.keys)) continue
    if ((typing || modal) && !command.whileTyping) continue
    event.preventDefault()
    command.run()
    return true
  }
  return false
}
