// Current time for relative times on the page, in milliseconds since 1970, updated every ten seconds.
import { readonly, ref } from 'vue'

const time = ref(Date.now())
if (typeof document !== 'undefined') setInterval(() => (time.value = Date.now()), 10_000)
export const now = readonly(time)
