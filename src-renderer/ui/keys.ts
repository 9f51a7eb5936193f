// Key combinations as text ("mod+k", "shift+arrowdown", "/"): matching events and showing them. `mod` is Ctrl, or Cmd on a Mac. Pure.

export const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')

/** Whether the event is exactly this combination. Shift is ignored for characters that need it on some keyboards, such as "?". */
export function matchesKeys(event: KeyboardEvent, keys: string, mac = isMac): boolean {
  const parts = keys.toLowerCase().split('+')
  const key = parts.pop()!
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  if (mod !== parts.includes('mod') || other || event.altKey !== parts.includes('alt')) return false
  const isSign = key.length === 1 && !/[a-z0-9]/.test(key)
  if (!isSign && event.shiftKey !== parts.includes('shift')) return false
  // Alt changes what a digit key types on a Mac, so digits go by the key itself.
  if (parts.includes('alt') && /^\d$/.test(key)) return event.code === `Digit${key}`
  return event.key.toLowerCase() === (key === 'space' ? ' ' : key)
}

const macSigns: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥' }
const words: Record<string, string> = {
  mod: 'Ctrl', shift: 'Shift', alt: 'Alt', delete: 'Del', escape: 'Esc', enter: 'Enter', space: 'Space',
  arrowup: '↑', arrowdown: '↓', arrowleft: '←', arrowright: '→',
} // prettier-ignore

/** Display text of a combination: "Ctrl+K", on a Mac "⌘K". */
export function keyText(keys: string, mac = isMac): string {
  const parts = keys
    .split('+')
    .map(
      (part) =>
        (mac && macSigns[part]) || words[part] || (/^(.|f\d+)$/.test(part) ? part.toUpperCase() : part),
    )
  return parts.join(mac ? '' : '+')
}

/** Whether typed characters go to a text control. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  if (!element?.matches) return false
  return element.matches(
    'textarea, select, [contenteditable="true"], input:not([type=checkbox], [type=radio], [type=range], [type=button])',
  )
}

/** Whether the focused control uses the arrow keys. */
export function usesArrows(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return Boolean(
    element?.closest?.(
      'input, [role=slider], [role=grid], [role=listbox], [role=tablist], [role=radiogroup]',
    ),
  )
}
