// Sends what is imported to the app: a small file with one call, others in parts, each as soon as the one before is taken.
import type { DatasetDetail, DecodeMode } from '@contract/data.ts'
import type { ImportSettings } from '@contract/importing.ts'
import { useClient } from '../../state/connection.ts'
import { newJob } from '../../state/readings.ts'
import type { Source } from './sources.ts'

/** Larger files are sent in parts. */
const oneCall = 1 << 22

export interface Sending {
  made: Promise<DatasetDetail>
  cancel(): void
}

/** `progress` gets the share of the bytes that was taken. */
export function sendSource(
  source: Source,
  decode: DecodeMode,
  settings: ImportSettings,
  progress: (share: number) => void,
): Sending {
  const { name, files, paired, size } = source
  const client = useClient()
  if (!files && size <= oneCall) {
    const made = source.whole().then((bytes) => client.call('data.import', { name, bytes, decode, settings }))
    return { made, cancel: () => undefined }
  }
  const job = newJob()
  const made = client.call('data.importParts', { job, name, files, paired, decode, settings })
  let isOver = false
  made.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  const upload = async (): Promise<void> => {
    let taken = 0
    for await (const parts of source.parts()) {
      if (isOver) return
      await client.call('data.upload', { job, parts, last: false })
      taken += parts.reduce((sum, { bytes }) => sum + bytes.length, 0)
      progress(taken / Math.max(1, size))
    }
    await client.call('data.upload', { job, parts: [], last: true })
  }
  const cancel = () => {
    if (!isOver) void client.call('data.upload', { job, parts: [], last: true, cancel: true })
  }
  const sentAll = upload().catch((thrown: unknown) => {
    cancel()
    throw thrown
  })
  // The error of the import, if it has one, says more than that of the upload.
  return {
    made: made.catch(
      async (thrown: unknown) => (await sentAll.catch(() => undefined), Promise.reject(thrown as Error)),
    ),
    cancel,
  }
}
