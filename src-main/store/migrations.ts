// The schema, as numbered steps. Each runs once, in one transaction with its number. A step that was ever released is never edited.
import type { Db } from './db.ts'
import { renameSeries } from './renamedSeries.ts'

/** Written into the file's header, so that other programs' databases are told apart: "URol". */
export const applicationId = 0x55526f6c

/** SQL, or what only code can do. */
export type Migration = string | ((db: Db) => void)

/** migrations[n] leads from version n to n + 1. */
export const migrations: readonly Migration[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT INTO meta VALUES ('change', 0), ('runs', 0);

  -- Apps that have written and not yet closed: a dead one among them is an unclean exit.
  CREATE TABLE owners (token TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT;

  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    active_ms REAL NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,
    total_steps INTEGER NOT NULL DEFAULT 0,
    epoch REAL NOT NULL DEFAULT 0,
    config TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    notes TEXT NOT NULL DEFAULT '',
    haystack TEXT NOT NULL DEFAULT '',
    color TEXT NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    trashed_at INTEGER,
    parent_id TEXT,
    parent_step INTEGER,
    error TEXT,
    reason TEXT,
    code_version TEXT NOT NULL DEFAULT '',
    engine TEXT NOT NULL DEFAULT '',
    data_sha256 TEXT NOT NULL DEFAULT '',
    data_name TEXT NOT NULL DEFAULT '',
    parameters INTEGER NOT NULL DEFAULT 0,
    memory_bytes INTEGER NOT NULL DEFAULT 0,
    -- Bytes to start from (a fork): name of a file in the run's folder, and its hash.
    weights_file TEXT,
    weights_sha256 TEXT,
    -- Who has it in hand while queued or running, and what another process asks of that one.
    owner TEXT,
    request TEXT,
    queue_order INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    attempt_step INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_creation ON runs (created_at DESC, id DESC);
  CREATE INDEX runs_by_version ON runs (version);
  CREATE INDEX runs_in_hand ON runs (status) WHERE status IN ('queued', 'running');

  CREATE TABLE purged (id TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;

  -- summary: seven f64 (count, last, lastStep, min, minStep, max, maxStep), because SQL has no NaN.
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    summary BLOB NOT NULL,
    UNIQUE (run_id, name)
  ) STRICT;

  -- points: count f64 steps, then values, then times (ms since 1970), little endian.
  -- level counts merges; -1 = put aside because it is damaged.
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    level INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_step REAL NOT NULL,
    last_step REAL NOT NULL,
    points BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_series ON chunks (series_id, id);

  CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    answers TEXT
  ) STRICT;
  CREATE INDEX samples_by_run ON samples (run_id, step);

  CREATE TABLE checkpoints (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    loss REAL,
    best INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, step)
  ) STRICT;

  CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- preview, symbols, distinct, warnings as JSON
    details TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Gradient through time; layout says what the f64 numbers are, see flows.ts.
  CREATE TABLE flows (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    layout TEXT NOT NULL,
    numbers BLOB NOT NULL,
    PRIMARY KEY (run_id, step)
  ) STRICT;
  `,
  `
  -- CRC-32 of the row's other values, see checksum.ts; NULL in rows that an older version stored.
  ALTER TABLE series ADD COLUMN checksum INTEGER;
  ALTER TABLE chunks ADD COLUMN checksum INTEGER;
  ALTER TABLE flows ADD COLUMN checksum INTEGER;
  ALTER TABLE samples ADD COLUMN checksum INTEGER;
  ALTER TABLE datasets ADD COLUMN checksum INTEGER;
  ALTER TABLE runs ADD COLUMN config_checksum INTEGER;
  `,
  `
  -- What the plan warned of when the run was made, as JSON.
  ALTER TABLE runs ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
  `,
  renameSeries,
  `
  -- Claims of the workbench, each as JSON; checksum: CRC-32 of the other values.
  CREATE TABLE claims (
    key TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    claim TEXT NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- The form in which a data set is stored; '' for those of older versions.
  ALTER TABLE datasets ADD COLUMN form TEXT NOT NULL DEFAULT '';
  `,
]
