// One entry of a menu: a command, or a line between groups.
import type { IconName } from './icons.ts'

export interface MenuItem {
  label: string
  icon?: IconName
  /** Shown at the right; does not bind the key. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  /** Draws a line above. */
  separated?: boolean
  /** A tick box entry; undefined for plain commands. */
  checked?: boolean
  run: () => void
}
