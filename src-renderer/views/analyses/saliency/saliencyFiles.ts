// What can be saved of explained examples: the drawing and all values.
import { saliencyFigure } from '@contract/heat/saliencyScene.ts'
import { saliencyCsv } from '@contract/heat/saliencyTables.ts'
import { sceneSvg } from '@contract/heat/sceneSvg.ts'
import type { InputSaliency } from '@contract/saliency.ts'
import { saveFile } from '../../../charts/saveChart.ts'
import { scenePng } from '../../../heatmaps/scenePng.ts'
import type { FileEntry } from '../resultFiles.ts'

interface Explained {
  /** Name of the run. */
  run: string
  found: readonly InputSaliency[]
  measure: string
}

/** The entries of the menu of exports. */
export function saliencyFiles({ run, found, measure }: Explained): FileEntry[] {
  const figure = () => saliencyFigure(found, measure, run)
  function save(ending: string, content: BlobPart, type: string): void {
    const numbers = found.map(({ example }) => example).join(' and ')
    saveFile(`${run} saliency of example ${numbers}.${ending}`, new Blob([content], { type }))
  }
  async function savePicture(): Promise<void> {
    const blob = await scenePng(figure(), 'these examples')
    if (blob) save('png', blob, 'image/png')
  }
  return [
    {
      label: 'Drawing (SVG)',
      save: () => save('svg', sceneSvg(figure(), location.href), 'image/svg+xml'),
    },
    { label: 'Drawing (PNG)', save: savePicture },
    { label: 'All values (CSV)', save: () => save('csv', saliencyCsv(found), 'text/csv') },
  ]
}
