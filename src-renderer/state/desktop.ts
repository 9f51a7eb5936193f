// Notices on the desktop while the page is not looked at. Off until the reader asks for them: permission is only asked for on a click.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { isBoolean, remembered } from './remember.ts'

/** Absent where there is no such thing, as in tests. */
const api = (): typeof Notification | undefined => globalThis.Notification

export const useDesktop = defineStore('desktop', () => {
  const permission = ref<NotificationPermission | 'unsupported'>(api()?.permission ?? 'unsupported')
  const wanted = remembered('desktopNotices', false, isBoolean)
  const on = computed(() => wanted.value && permission.value === 'granted')

  /** On a click: switches them on, with the browser's question where it was not answered yet, or off. */
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
