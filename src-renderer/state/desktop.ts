// Desktop notifications while the page is hidden. Off at first; the browser is asked for permission only on a click.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { isBoolean, remembered } from './remember.ts'

/** Notification API; undefined where there is none, as in tests. */
const api = (): typeof Notification | undefined => globalThis.Notification

export const useDesktop = defineStore('desktop', () => {
  const permission = ref<NotificationPermission | 'unsupported'>(api()?.permission ?? 'unsupported')
  const wanted = remembered('desktopNotices', false, isBoolean)
  const on = computed(() => wanted.value && permission.value === 'granted')

  /** Toggles notifications on a click; asks the browser for permission if it was not decided yet. */
  async function toggle(): Promise<void> {
    if (on.value) wanted.value = false
    else {
      permission.value = (await api()?.requestPermission()) ?? 'unsupported'
      wanted.value = permission.value === 'granted'
    }
  }

  function show(message: string, runId: string, open: (id: string) => void): void {
    const Made = api()
    if (!Made || !on.value || document.hasFocus()) return
    const notice = new Made('Unroll', { body: message, tag: runId })
    notice.onclick = () => {
      window.focus()
      open(runId)
      notice.close()
    }
  }
  return { permission, on, toggle, show }
})
