// Texts that were tried since the page was opened, by run, the newest first.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

const most = 20

export const useRecentTexts = defineStore('recent texts', () => {
  const byRun = shallowReactive(new Map<string, readonly string[]>())
  const of = (id: string): readonly string[] => byRun.get(id) ?? []
  function add(id: string, text: string): void {
    const whole = text.trim()
    if (whole) byRun.set(id, [whole, ...of(id).filter((one) => one !== whole)].slice(0, most))
  }
  return { of, add }
})
