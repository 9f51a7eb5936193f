// Answers to held-out texts in the stand-in: twenty of two classes, every fifth wrong.
import type { RunId, RunRow } from '../../src-main/contract/run.ts'
import type { Handlers } from './app.ts'

export const heldOutAnswers = (find: (id: RunId) => RunRow) =>
  ({
    'inspect.answers': ({ id, wrong = false, expected, answer, offset = 0, limit = 100 }) => {
      const { step } = find(id)
      const all = Array.from({ length: 20 }, (_, example) => ({
        example,
        place: null,
        text: `held-out text ${example}`,
        before: '',
        after: '',
        expected: 'positive',
        answer: example % 5 === 0 ? 'negative' : 'positive',
        probability: 0.9,
        expectedProbability: example % 5 === 0 ? 0.1 : 0.9,
      }))
      const found = all.filter(
        (one) =>
          (!wrong || one.answer !== one.expected) &&
          one.expected === (expected ?? one.expected) &&
          one.answer === (answer ?? one.answer),
      )
      const confusion = [
        { expected: 'positive', answer: 'negative', count: 4 },
        { expected: 'positive', answer: 'positive', count: 16 },
      ]
      const rows = found.slice(offset, offset + limit)
      return { rows, matching: found.length, answers: 20, examples: 20, of: 'texts', confusion, step }
    },
  }) satisfies Required<Pick<Handlers, 'inspect.answers'>>
