// How the page shows what a run recorded of its predictions at one step, by the kind that the row of its task names (Abilities.answers).
// A further kind is a component in a folder of its task and a line here.
import type { RunSample } from '@contract/run.ts'
import type { AnswerKind } from '@contract/taskInfo.ts'
import type { Component } from 'vue'
import ImageSheet from '../images/ImageSheet.vue'
import ChannelAnswers from './flipFlop/ChannelAnswers.vue'
import ExampleAnswers from './examples/ExampleAnswers.vue'
import ForecastAnswers from './seriesForecast/ForecastAnswers.vue'
import FrameAnswers from './frames/FrameAnswers.vue'
import MusicAnswers from './music/MusicAnswers.vue'
import SampledText from './languageModel/SampledText.vue'
import SeriesAnswers from './symbolSeries/SeriesAnswers.vue'

export interface AnswerView {
  /** Heading of the panel. */
  title: string
  component: Component
  /** Properties of the component for one sample. */
  props(sample: RunSample): Record<string, unknown>
}

const table = ({ table }: RunSample) => ({ table })
const images = ({ pictures, step }: RunSample) => ({ pictures, label: `Images at step ${step}` })

const views: Record<AnswerKind, AnswerView> = {
  examples: { title: 'Predictions over training', component: ExampleAnswers, props: table },
  series: { title: 'Predictions over training', component: SeriesAnswers, props: table },
  channels: { title: 'Predictions over training', component: ChannelAnswers, props: table },
  forecast: { title: 'Forecasts over training', component: ForecastAnswers, props: table },
  'piano roll': { title: 'Predictions over training', component: MusicAnswers, props: table },
  frames: { title: 'Predicted frames over training', component: FrameAnswers, props: table },
  'generated images': { title: 'Generated images over training', component: ImageSheet, props: images },
  'classified images': { title: 'Predictions over training', component: ImageSheet, props: images },
}
const sampledText: AnswerView = {
  title: 'Samples over training',
  component: SampledText,
  props: ({ text }) => ({ text }),
}

/** The view of a kind; of sampled text where the task records no predictions (null) or the sample holds none. */
export const answerView = (kind: AnswerKind | null, sample?: RunSample): AnswerView =>
  kind === null || (sample && !sample.table && !sample.pictures)
    ? sampledText
    : // A run of before may hold tables of the kind that its task recorded then.
      views[sample?.table?.kind ?? kind]
