// The stores over a client that answers from memory: what events, answers and failures leave on the page.
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { useDraft } from '../../src-renderer/forms/draft.ts'
import { useCatalog } from '../../src-renderer/state/catalog.ts'
import { setClient } from '../../src-renderer/state/connection.ts'
import { useDatasets } from '../../src-renderer/state/datasets.ts'
import { useNotices } from '../../src-renderer/state/notices.ts'
import { useRuns } from '../../src-renderer/state/runs.ts'
import { useUndo } from '../../src-renderer/state/undo.ts'
import { useImports } from '../../src-renderer/views/data/imports.ts'
import { fakeClient, type FakeClient } from './fakeClient.ts'
import { runIdOf } from '../standIn/data.ts'

let client: FakeClient
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  client = fakeClient({ runs: 60, now: 1_760_000_000_000 })
  setClient(client)
})
afterEach(() => {
  client.close()
  vi.useRealTimers()
})
/** Lets answers and gathered events through. */
const settle = () => vi.advanceTimersByTimeAsync(1000)

describe('runs', () => {
  async function loaded() {
    const runs = useRuns()
    runs.listen()
    void runs.load()
    await settle()
    return runs
  }
  it('come pinned first, then newest first, the trash apart', async () => {
    const runs = await loaded()
    expect(runs.phase).toBe('ready')
    expect(runs.list.slice(0, 2).every((run) => run.pinned)).toBe(true)
    const rest = runs.list.filter((run) => !run.pinned).map((run) => run.createdAt)
    expect(rest).toEqual([...rest].sort((a, b) => b - a))
    expect(runs.trashed.length).toBe(2)
    expect(runs.list.length + runs.trashed.length).toBe(60)
  })
  it('follow events, many at once', async () => {
    const runs = await loaded()
    const id = runs.list[5]!.id
    for (let step = 1; step <= 50; step++) client.emit('run.changed', { ...client.rows.get(id)!, step })
    expect(runs.byId(id)!.step).not.toBe(50)
    await settle()
    expect(runs.byId(id)!.step).toBe(50)
    client.emit('run.purged', { id })
    await settle()
    expect(runs.byId(id)).toBeUndefined()
  })
  it('keep an event that came while the older list was on its way', async () => {
    const slow = fakeClient({ runs: 5, delay: 500 })
    setClient(slow)
    const runs = useRuns()
    runs.listen()
    void runs.load()
    const id = runIdOf(10_000)
    slow.emit('run.changed', { ...slow.rows.get(id)!, name: 'newer' })
    await settle()
    expect(runs.byId(id)!.name).toBe('newer')
    expect(runs.list).toHaveLength(5)
  })
  it('drop what the store no longer has when read anew', async () => {
    const runs = await loaded()
    const id = runs.list[3]!.id
    client.rows.delete(id)
    void runs.load()
    await settle()
    expect(runs.byId(id)).toBeUndefined()
  })
  it('say why they could not be read, and can be read later', async () => {
    client.failNext('runs.list', new UnrollError('E_DB_CORRUPT', 'runs.db: damaged. Restore the backup.'))
    const runs = await loaded()
    expect(runs.phase).toBe('failed')
    expect(runs.failure?.code).toBe('E_DB_CORRUPT')
    void runs.load()
    await settle()
    expect(runs.phase).toBe('ready')
  })
  it('go to the trash and come back by undo, marks removed', async () => {
    const runs = await loaded()
    const ids = runs.list
      .filter((run) => run.status === 'finished')
      .slice(0, 3)
      .map((run) => run.id)
    runs.selectOnly(ids)
    void runs.trash(ids)
    await settle()
    expect(ids.every((id) => runs.byId(id)!.trashedAt !== null)).toBe(true)
    expect(runs.selected.size).toBe(0)
    expect(useNotices().visible.at(-1)!.message).toBe('Moved 3 runs to the trash')
    void useUndo().undoLast()
    await settle()
    expect(ids.every((id) => runs.byId(id)!.trashedAt === null)).toBe(true)
    expect(useUndo().stack).toHaveLength(0)
  })
  it('are stopped before they go to the trash', async () => {
    const runs = await loaded()
    const { id } = runs.list.find((run) => run.status === 'running')!
    const refused = expect(runs.trash([id])).rejects.toMatchObject({ code: 'E_STATE' })
    await settle()
    await refused
    void runs.stopAndTrash([id])
    await settle()
    expect(runs.byId(id)).toMatchObject({ status: 'stopped', trashedAt: expect.any(Number) })
  })
  it('are deleted for good only from the trash', async () => {
    const runs = await loaded()
    const id = runs.list[0]!.id
    const refused = expect(runs.purge([id])).rejects.toMatchObject({ code: 'E_STATE' })
    await settle()
    await refused
    void runs.purge([runs.trashed[0]!.id])
    await settle()
    expect(runs.trashed).toHaveLength(1)
    expect(runs.byId(id)).toBeDefined()
  })
})

describe('notices', () => {
  it('let errors stay and others pass', async () => {
    const notices = useNotices()
    notices.tell('info', 'passes')
    notices.error(new UnrollError('E_DISK', 'The disk is full.'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(notices.visible.map((one) => one.code)).toEqual(['E_DISK'])
    expect(notices.all).toHaveLength(2)
    expect(notices.unread).toBe(1)
    notices.markRead()
    expect(notices.unread).toBe(0)
  })
  it('hold while pointed at', async () => {
    const notices = useNotices()
    const { id } = notices.tell('info', 'read me')
    notices.hold(id)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(notices.visible).toHaveLength(1)
    notices.release(id)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(notices.visible).toHaveLength(0)
  })
  it('do not pile up the same message', () => {
    const notices = useNotices()
    for (let i = 0; i < 5; i++) notices.tell('warning', 'again')
    expect(notices.visible).toHaveLength(1)
    expect(notices.all).toHaveLength(1)
  })
})

describe('the draft of a run', () => {
  async function ready() {
    void useCatalog().load()
    const draft = useDraft()
    await settle()
    draft.start(useCatalog().preset('prose')!.config)
    await settle()
    return draft
  }
  it('gets its plan once the form rests, not for every key', async () => {
    const draft = await ready()
    const before = client.calls.filter((call) => call.name === 'config.plan').length
    for (const hidden of [1, 12, 128]) draft.set('model.hidden', hidden)
    await settle()
    expect(client.calls.filter((call) => call.name === 'config.plan').length).toBe(before + 1)
    expect(draft.plan!.parameters).toBeGreaterThan(10_000)
    expect(draft.ready).toBe(true)
  })
  it('puts each fault at its field and asks nothing while a number is none', async () => {
    const draft = await ready()
    draft.set('model.hidden', 99_999)
    draft.set('optimizer.lr', -1)
    await settle()
    expect(draft.issues.map((issue) => issue.path).sort()).toEqual(['model.hidden', 'optimizer.lr'])
    expect(draft.ready).toBe(false)
    const asked = client.calls.length
    draft.set('optimizer.lr', null)
    await settle()
    expect(client.calls.length).toBe(asked)
    expect(draft.issues).toEqual([
      { path: 'optimizer.lr', message: expect.stringMatching(/number/) as unknown },
    ])
  })
  it('remembers whose settings it holds, and what was changed from those of that run', async () => {
    const draft = await ready()
    const { id, name, color, config } = client.rows.get(runIdOf(9990))!
    draft.start(config, { id, name, color, config, checkpoints: [] })
    await settle()
    expect(draft.changed).toEqual([])
    draft.set('optimizer.lr', 0.5)
    draft.set('model.cell', config.model.cell === 'gru' ? 'lstm' : 'gru')
    expect(draft.changed.sort()).toEqual(expect.arrayContaining(['model.cell', 'optimizer.lr']))
    expect(draft.baseValues['optimizer.lr']).toBe(config.optimizer.lr)
    expect(draft.origin).toMatchObject({ id, name })
    draft.start(useCatalog().preset('prose')!.config)
    expect(draft.origin).toBeNull()
  })
  it('ignores the answer to an older question', async () => {
    const draft = await ready()
    const slow = fakeClient({ runs: 0, delay: 400 })
    setClient(slow)
    draft.set('model.hidden', 99_999)
    await vi.advanceTimersByTimeAsync(300)
    draft.set('model.hidden', 64)
    await vi.advanceTimersByTimeAsync(2000)
    expect(draft.issues).toEqual([])
    expect(draft.ready).toBe(true)
  })
})

describe('imports', () => {
  const file = (name: string, bytes: number[]) =>
    Object.assign(new File([Uint8Array.from(bytes)], name), { webkitRelativePath: '' })
  it('ask how to read what is not UTF-8 and go on with the answer', async () => {
    const imports = useImports()
    useDatasets().listen()
    const done = imports.importFiles([file('old.txt', [0xe9, 0x74, 0xe9]), file('new.txt', [104, 105])])
    await settle()
    expect(imports.question?.error.code).toBe('E_UTF8')
    imports.decide('windows-1252')
    await settle()
    expect((await done).map((one) => one.id)).toEqual(['old', 'new'])
    expect(useDatasets().byId('old')).toBeDefined()
    expect(imports.busy).toBe(false)
  })
  it('leave a file out that the user gives up on, and say why another failed', async () => {
    const imports = useImports()
    const done = imports.importFiles([file('old.txt', [0xe9]), file('empty.txt', [])])
    await settle()
    imports.decide(null)
    await settle()
    expect(await done).toEqual([])
    expect(useNotices().visible.map((one) => one.code)).toEqual(['E_DATA_EMPTY'])
  })
})
