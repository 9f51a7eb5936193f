// What the beginning of a text looks like, for advice; the formats stand in engine/formats.

export interface TextFormat {
  id: string
  /** For sentences: "labelled lines (a label, a tab, a text)". */
  title: string
  /** Id of the task that learns from texts of this format; missing where none does. */
  task?: string
}

/** What to say where such a text is read as running text. */
export function formatAdvice({ title, task }: TextFormat): string {
  const advice =
    task === undefined
      ? 'There is no reader for that format: to learn a part of it, save that as lines of label, tab, text, of word/TAG, or of text, tab, text'
      : `To learn from its lines, set task to ${task}`
  return `it looks like ${title}. As running text it is read symbol by symbol, separators included. ${advice}.`
}
