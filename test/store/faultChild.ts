// Work for faults.test.ts in a process of its own: makes a run, then three times a checkpoint file with its record and points.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { removeFile, writeFileWhole } from '../../src-main/store/files.ts'
import { openStore } from '../../src-main/store/store.ts'
import { readStored } from '../../src-main/engine/config.ts'

const id = 'a'.repeat(26)
const store = openStore(process.argv[2]!, readStored)
await store.recover()
if (!store.runs.record(id))
  await store.write(() =>
    store.runs.insert({ id, name: 'a', status: 'running', created_at: 1, config: '{}' }),
  )
for (let step = store.runs.record(id)!.step + 1; step <= 3; step++) {
  const bytes = Buffer.alloc(10_000, step)
  const file = `${step}.safetensors`
  await writeFileWhole(join(store.checkpointFolder(id), file), bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const column = Float64Array.of(step)
  const old = await store.write(() => {
    store.runs.set(id, { step })
    store.metrics.append(id, [{ name: 'm', steps: column, values: column, times: column }])
    store.checkpoints.add({
      runId: id,
      step,
      createdAt: 1,
      file,
      bytes: bytes.length,
      sha256,
      loss: null,
      best: false,
    })
    return store.checkpoints.prune(id, 1)
  })
  for (const name of old) await removeFile(join(store.checkpointFolder(id), name))
}
await store.close()
process.stdout.write('done')
