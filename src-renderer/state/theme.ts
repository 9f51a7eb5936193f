// Theme: light, dark or that of the system. Writes data-theme and the palette of runs to <html>.
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { runColor, runPalette, type ThemeName } from '../styles/palette.ts'
import { isOneOf, remembered } from './remember.ts'

export type ThemeChoice = ThemeName | 'system'
export const themeChoices = ['light', 'dark', 'system'] as const

export const useTheme = defineStore('theme', () => {
  const choice = remembered<ThemeChoice>('theme', 'system', isOneOf(...themeChoices))
  const media = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(media.matches)
  media.addEventListener('change', (event) => (systemDark.value = event.matches))

  /** The theme in effect. */
  const name = computed<ThemeName>(() =>
    choice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : choice.value,
  )

  watch(
    name,
    (theme) => {
      const root = document.documentElement
      root.dataset['theme'] = theme
      runPalette[theme].forEach((color, index) => root.style.setProperty(`--run-${index}`, color))
    },
    { immediate: true, flush: 'sync' },
  )

  /** CSS colour of a run in the current theme; reactive. */
  const colorOf = (color: string): string => runColor(color, name.value)
  return { choice, name, colorOf }
})
