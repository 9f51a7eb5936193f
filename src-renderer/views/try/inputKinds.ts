// The kinds of new inputs, one line each: what the row of a task names in `abilities.applies`, and the component that takes such inputs and
// shows the answers to them. A component gets the run and its checkpoints, and keeps its settings in the link of the view `try`.
import type { Abilities } from '@contract/taskInfo.ts'
import type { Component } from 'vue'
import ImagesPage from './images/ImagesPage.vue'
import SeriesPage from './series/SeriesPage.vue'
import TextsPage from './texts/TextsPage.vue'

/** By kind; properties of each: `run: RunRow` and `checkpoints: readonly Checkpoint[]`. */
export const inputKinds: Record<NonNullable<Abilities['applies']>, Component> = {
  images: ImagesPage,
  series: SeriesPage,
  texts: TextsPage,
}
