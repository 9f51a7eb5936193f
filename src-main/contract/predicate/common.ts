// Predicates that a run is asked about if nobody names others.
export const commonPredicates: readonly string[] = [
  'quote',
  'bracket',
  'depth',
  'column',
  'word_position',
  'word_length >= 6',
  'space',
  'vowel',
  'previous(vowel)',
  'capital',
  'digit',
  'newline',
  'word_count("line")',
]
