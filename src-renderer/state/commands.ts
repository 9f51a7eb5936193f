// Every command that has a name: the palette lists them, the shortcut list shows their keys, one listener on the document runs them.
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { IconName } from '../ui/icons.ts'
import { isTyping, matchesKeys } from '../ui/keys.ts'

export interface Command {
  title: string
  group: 'Go to' | 'Runs' | 'View' | 'Help' | 'Charts' | 'Neurons' | 'Sample' | 'Data' | 'Launch'
  run: () => void
  icon?: IconName
  /** Such as "mod+k"; several are separated by a space. */
  keys?: string
  /** The keys work while a text field has the focus. */
  whileTyping?: boolean
  /** Missing = always. */
  enabled?: () => boolean
  /** Explains a key that only some element handles itself; listed among the shortcuts, neither bound nor in the palette. */
  listed?: boolean
}

const registered = shallowRef<readonly Command[]>([])

/** All commands, those of the present view last. */
export const allCommands = computed(() => registered.value)
/** Commands that can be run now. */
export const usableCommands = computed(() =>
  registered.value.filter((one) => !one.listed && (one.enabled?.() ?? true)),
)

/** Offers commands for as long as the calling component lives. */
export function useCommands(commands: readonly Command[]): void {
  registered.value = [...registered.value, ...commands]
  onScopeDispose(() => (registered.value = registered.value.filter((one) => !commands.includes(one))))
}

/** Runs the newest enabled command with these keys; true if there was one. Leaves keys alone that a dialog or menu handles. */
export function runKeys(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  const typing = isTyping(event.target)
  const modal = document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]')
  for (const command of registered.value.toReversed()) {
    if (command.listed || !command.keys || (command.enabled && !command.enabled())) continue
    if (!command.keys.split(' ').some((keys) => matchesKeys(event, keys))) continue
    if ((typing && !command.whileTyping) || (modal && !command.whileTyping)) continue
    event.preventDefault()
    command.run()
    return true
  }
  return false
}
