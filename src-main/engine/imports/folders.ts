// Folders and archives of text files: a folder per class becomes labelled lines, test part last; other folders become one running text.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { DataForm, ImportSettings } from '../../contract/importing.ts'
import { noteOf, oneLine, type ConvertedEnd } from './foreign.ts'
import { hasMarkup, withoutMarkup } from './markup.ts'
import { shuffled } from './shuffled.ts'

/** A file's use: its class and part, or none. */
interface Use {
  label: string
  part: 'train' | 'test'
}

/** How the files of a folder are used. */
export interface FolderPlan {
  forms: DataForm[]
  /** Use of each file that is read as an example, by path; empty: no folder per class. */
  examples: ReadonlyMap<string, Use>
  /** The files that are read as text. */
  texts: readonly string[]
  notes: Warning[]
}

const testFolder = /^(test|testing|valid|validation|val|dev)$/i
const testName = /(^|[/\\._-])(test|valid|validation|val|dev)([/\\._-]|$)/i

/** Whether a file belongs to a test part by its name or folder. */
export const isTestFile = (path: string): boolean => testName.test(path)

const trainFolder = /^(train|training)$/i
/** Endings of files that are surely no text. */
const noText =
  /\.(feat|vocab|db|db-wal|db-shm|sqlite|png|jpe?g|gif|bmp|ico|pdf|zip|gz|tar|npy|npz|pkl|pt|bin|exe|so|dll|mp3|wav|mid|midi|safetensors)$/i

const partsOf = (path: string): string[] =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
const isHidden = (parts: readonly string[]): boolean =>
  parts.some((part) => part.startsWith('.') || part === '__MACOSX')

/** Throws E_DATA_EMPTY for a folder without text files. */
export function planFolder(paths: readonly string[]): FolderPlan {
  const texts = paths
    .filter((path) => !noText.test(path) && !isHidden(partsOf(path)))
    .sort((a, b) => (a < b ? -1 : 1))
  if (texts.length === 0)
    throw new UnrollError('E_DATA_EMPTY', 'the folder has no text files. Choose another folder.')
  const uses = new Map<string, Use>()
  for (const path of texts) {
    const folders = partsOf(path).slice(0, -1)
    const label = folders.at(-1)
    if (label === undefined || testFolder.test(label) || trainFolder.test(label)) continue
    uses.set(path, {
      label,
      part: folders.slice(0, -1).some((name) => testFolder.test(name)) ? 'test' : 'train',
    })
  }
  const labelsOf = (part: Use['part']) =>
    new Set([...uses.values()].flatMap((use) => (use.part === part ? [use.label] : [])))
  const [train, test] = [labelsOf('train'), labelsOf('test')]
  const isUsed = ({ label }: Use) => test.size === 0 || (train.has(label) && test.has(label))
  const examples = new Map([...uses].filter(([, use]) => isUsed(use)))
  const labels = new Set([...examples.values()].map(({ label }) => label))
  const isPerClass = labels.size >= 2 && examples.size >= 2 * labels.size
  return {
    forms: isPerClass ? ['labels', 'text'] : ['text'],
    examples: isPerClass ? examples : new Map(),
    texts,
    notes: isPerClass ? notesOf(texts.length, uses, examples) : [],
  }
}

function notesOf(
  files: number,
  uses: ReadonlyMap<string, Use>,
  examples: ReadonlyMap<string, Use>,
): Warning[] {
  const dropped = [...uses].filter(([path]) => !examples.has(path))
  const folders = [...new Set(dropped.map(([, { label }]) => label))]
  const notes: string[] = []
  if (folders.length > 0)
    notes.push(
      `${dropped.length.toLocaleString('en')} files left out: the folders ${folders.slice(0, 5).join(', ')} are not in both parts.`,
    )
  const outside = files - uses.size
  if (outside > 0) notes.push(`${outside.toLocaleString('en')} files outside of the class folders left out.`)
  return notes.map(noteOf)
}

/** Settings of a folder, given one of its texts. */
export const folderSettings = (plan: FolderPlan, text: string, given: ImportSettings): ImportSettings => ({
  as: plan.forms[0]!,
  order: 'shuffle',
  markup: hasMarkup([text]) ? 'strip' : 'keep',
  ...given,
})

/** Collects the files of a folder; `add` returns what can be written at once. */
export interface FolderConverter {
  add(path: string, text: string): string
  end(): ConvertedEnd
}

/** Converts a folder with the settings of `folderSettings`. Throws E_ARG for a form that it cannot have. */
export function folderConverter(plan: FolderPlan, { as, order, markup }: ImportSettings): FolderConverter {
  const clean = markup === 'strip' ? withoutMarkup : (text: string) => text
  if (as === 'text') {
    const read = new Set(plan.texts)
    return {
      add: (path, text) => (read.has(path) ? `${clean(text).replace(/\n*$/, '')}\n` : ''),
      end: () => ({ text: '', notes: [] }),
    }
  }
  if (as !== 'labels' || plan.examples.size === 0)
    throw new UnrollError('E_ARG', `as: these files can become ${plan.forms.join(' or ')}, not ${as}.`, {
      path: 'settings.as',
    })
  const lines = { train: [] as string[], test: [] as string[] }
  let empty = 0
  return {
    add(path, text) {
      const use = plan.examples.get(path)
      if (!use) return ''
      const line = oneLine(clean(text))
      if (line === '') empty++
      else lines[use.part].push(`${oneLine(use.label)}\t${line}\n`)
      return ''
    },
    end() {
      const inOrder = order === 'keep' ? (list: string[]) => list : shuffled
      const notes = [...plan.notes, ...(empty > 0 ? [noteOf(`${empty} empty files left out.`)] : [])]
      if (lines.test.length > 0)
        notes.push(
          noteOf(
            `the last ${lines.test.length.toLocaleString('en')} of ${(lines.train.length + lines.test.length).toLocaleString('en')} lines are the test part.`,
          ),
        )
      return {
        text: [...inOrder(lines.train), ...inOrder(lines.test)].join(''),
        notes,
        ...(lines.test.length > 0 && { test: lines.test.length }),
      }
    },
  }
}
