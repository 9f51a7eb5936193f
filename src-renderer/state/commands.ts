// Every command that has a name: the palette lists them, the shortcut list shows their keys, one listener on the document runs them.
import { computed, onScopeDispose, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import type { IconName } from '../ui/icons.ts'
import { isTyping, usesArrows } from '../ui/keys.ts'
import { isOneOf, type CommandGroup, type Shortcut } from '../ui/shortcuts.ts'

export interface Command extends Partial<Shortcut> {
  title: string
  group: CommandGroup
  icon?: IconName
  /** Missing = some element handles the keys itself: they are listed among the shortcuts, but the command is not in the palette. */
  run?: () => void
  /** The keys work while a text field has the focus. */
  whileTyping?: boolean
  /** Missing = always. */
  enabled?: () => boolean
  /** The palette itself is not one of its entries. */
  unlisted?: boolean
}
type Usable = Command & { run: () => void }

const registered = shallowRef<readonly MaybeRefOrGetter<readonly Command[]>[]>([])

const isOn = (one: Command): boolean => one.enabled?.() ?? true
/** Commands that apply now, those of the window first. */
export const shownCommands = computed(() => registered.value.flatMap((one) => toValue(one)).filter(isOn))
/** What the palette offers: what is on screen first. */
export const paletteCommands = computed(() =>
  registered.value
    .toReversed()
    .flatMap((one) => toValue(one))
    .filter((one): one is Usable => one.run !== undefined && !one.unlisted && isOn(one)),
)

/** Offers commands for as long as the calling component lives; a getter is asked again when what it reads changes. */
export function useCommands(commands: MaybeRefOrGetter<readonly Command[]>): void {
  registered.value = [...registered.value, commands]
  onScopeDispose(() => (registered.value = registered.value.filter((one) => one !== commands)))
}

/** What has keys, each once: a list and a page may offer the same by the same keys. */
export const keyRows = (commands: readonly Command[]): Shortcut[] => [
  ...new Map(
    commands.flatMap(({ title, group, keys }) =>
      keys ? [[`${title} ${keys}`, { title, group, keys }]] : [],
    ),
  ).values(),
]

/** Runs the newest enabled command with these keys; true if there was one. Leaves keys alone that a control, dialog or menu handles. */
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
