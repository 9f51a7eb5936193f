// The analyses of the page, one line each: id in the link, title, what it answers, and its component.
import type { TaskFacts } from '@contract/taskInfo.ts'
import type { Component } from 'vue'
import AnswersPanel from './answers/AnswersPanel.vue'
import AutomatonPanel from './AutomatonPanel.vue'
import ClassesPanel from './ClassesPanel.vue'
import FilterPanel from './filters/FilterPanel.vue'
import FixedPointPanel from './FixedPointPanel.vue'
import LossPanel from './LossPanel.vue'
import LyapunovPanel from './LyapunovPanel.vue'
import MatchPanel from './MatchPanel.vue'
import AttributionPanel from './AttributionPanel.vue'
import MatrixPanel from './MatrixPanel.vue'
import PatchPanel from './PatchPanel.vue'
import ProjectionPanel from './ProjectionPanel.vue'
import SaliencyPanel from './saliency/SaliencyPanel.vue'
import SpanPanel from './SpanPanel.vue'

export interface AnalysisRow {
  id: string
  title: string
  about: string
  component: Component
  /** Whether it is offered for runs of a task; all others need a text. */
  fits?: (task: TaskFacts) => boolean
}

const readsText = ({ abilities }: TaskFacts): boolean => abilities.inspects === 'text'
const readsSteps = ({ abilities }: TaskFacts): boolean =>
  abilities.inspects === 'text' || abilities.readsNumbers === true

export const analyses: readonly AnalysisRow[] = [
  { id: 'match', title: 'Matching units', about: 'Which unit of another run, or of another checkpoint, does the same on this text?', component: MatchPanel },
  { id: 'matrix', title: 'Predicates × runs', about: 'What does each run have a unit for? The best unit for each predicate over the same text.', component: MatrixPanel },
  { id: 'span', title: 'Like this span', about: 'Which units are on at a span of the text, and where else are they? Text that is selected in Neurons leads here.', component: SpanPanel },
  { id: 'classes', title: 'Classes of lines', about: 'Which unit knows the class of a whole line, such as the sentiment of a review? Of a run on labelled lines, or of lines that you type: a label, a tab and a text each.', component: ClassesPanel },
  { id: 'answers', title: 'Held-out answers', about: 'Which class is taken for which? Every held-out text or tagged symbol with its answer, the confusion matrix, and precision, recall and F1 of each class.', component: AnswersPanel, fits: ({ abilities }) => abilities.classifies !== undefined },
  { id: 'projection', title: 'Projection', about: 'States, phrases or embeddings in the plane; each point belongs to a place of the text.', component: ProjectionPanel },
  { id: 'losses', title: 'Losses', about: 'Where is the loss? By class of symbols and by predicates, beside an n-gram model of the training text and another run.', component: LossPanel },
  { id: 'attribution', title: 'Attribution', about: 'What did each symbol contribute to the prediction of one after it, or to the class of the text?', component: AttributionPanel },
  { id: 'saliency', title: 'Saliency', about: 'How does an answer to a held-out series or image depend on each of its inputs, and how far back?', component: SaliencyPanel, fits: ({ abilities }) => abilities.saliency !== null },
  { id: 'filters', title: 'Image filters', about: 'What do the answers to images depend on? Accuracy on held-out images under noise, blur, contrast, inversion, rotation, occlusion and shift.', component: FilterPanel, fits: ({ abilities }) => abilities.filters === true },
  { id: 'patching', title: 'Patching', about: 'Which unit carries what a changed symbol means? Units of a corrupted text get, one by one, their value over the clean text.', component: PatchPanel },
  { id: 'automaton', title: 'Automaton', about: 'Is the network a finite automaton? Clusters of its states, their transitions, and how faithful they are.', component: AutomatonPanel },
  { id: 'fixed-points', title: 'Fixed points', about: 'What does the network settle to, or hesitate at, if it reads one input for ever?', component: FixedPointPanel, fits: readsSteps },
  { id: 'lyapunov', title: 'Lyapunov spectrum', about: 'How fast do small changes of the state grow or fade?', component: LyapunovPanel, fits: readsSteps },
] // prettier-ignore

/** The analyses that runs of a task offer. */
export const analysesOf = (task: TaskFacts): readonly AnalysisRow[] =>
  analyses.filter(({ fits = readsText }) => fits(task))
