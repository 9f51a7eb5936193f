// The detected data format of a text, for advice; the formats are in engine/formats.

export interface TextFormat {
  id: string
  /** For use in sentences: "labelled lines (a label, a tab, a text)". */
  title: string
  /** Id of the task that learns from this format; undefined if there is none. */
  task?: string
  /** Whether it is the form in which the data set is stored; else it was detected. */
  stored?: boolean
  /** What to set so that a language model reads it without its separators. */
  asRunningText?: string
}

/** The advice if such a text is read as running text. */
export function formatAdvice({ title, task, asRunningText, stored }: TextFormat): string {
  if (stored && task !== undefined) return `it is stored as ${title}. To train on it, set task to ${task}.`
  const advice =
    task === undefined
      ? 'No task reads that format: to train on a part of it, save that part as lines of label, tab, text, of word/TAG, or of text, tab, text'
      : `To train on its lines as examples, set task to ${task}`
  return `it looks like ${title}. As running text it is read symbol by symbol, separators included. ${advice}${asRunningText === undefined ? '' : `; to train on the texts alone, ${asRunningText}`}.`
}
