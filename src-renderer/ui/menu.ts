// Type of an entry of a menu.
import type { IconName } from './icons.ts'

export interface MenuItem {
  label: string
  icon?: IconName
  /** Key combination displayed at the right; not bound by the menu. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  /** Whether a separator precedes the entry. */
  separated?: boolean
  /** State of a checkbox entry; undefined for a command. */
  checked?: boolean
  run: () => void
}
