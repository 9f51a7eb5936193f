// The one piece that plays in the page, and where it is; starting another one stops it.
import type { MusicPiece } from '@contract/music/pieces.ts'
import { onScopeDispose, ref, shallowRef } from 'vue'
import { play, type Playback } from './synth.ts'

let current: Playback | undefined

/** Plays pieces of one view, named by `key`; `key` and `frame` tell which one and where, null if none of this view plays. */
export function usePlayer() {
  const key = shallowRef<string | null>(null)
  const frame = ref<number | null>(null)
  let own: Playback | undefined

  function follow(): void {
    if (!own) return
    frame.value = own.position()
    requestAnimationFrame(follow)
  }
  function stop(): void {
    own?.stop()
  }
  function start(name: string, piece: MusicPiece): void {
    current?.stop()
    const playback = play(piece, () => {
      if (own !== playback) return
      own = current = undefined
      key.value = frame.value = null
    })
    own = current = playback
    key.value = name
    follow()
  }
  const toggle = (name: string, piece: MusicPiece) => (key.value === name ? stop() : start(name, piece))
  onScopeDispose(stop)
  return { key, frame, toggle }
}
export type Player = ReturnType<typeof usePlayer>
