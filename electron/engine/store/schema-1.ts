/** The first schema: jobs and their images, settings, registries, token servers, and the rows of the library. */
export const schema1 = `
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  title TEXT NOT NULL,
  wish TEXT,
  account TEXT NOT NULL,
  host TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'finished', 'finished-with-failures', 'cancelled')),
  attempts INTEGER NOT NULL,
  process TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  seconds REAL NOT NULL DEFAULT 0,
  received INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  reused INTEGER NOT NULL DEFAULT 0,
  source_requests INTEGER NOT NULL DEFAULT 0,
  destination_requests INTEGER NOT NULL DEFAULT 0,
  token_requests INTEGER NOT NULL DEFAULT 0,
  -- Counted when the job ends; while it runs they are counted from its images.
  totals TEXT
) STRICT;
CREATE INDEX jobs_unfinished ON jobs (fingerprint) WHERE state IN ('running', 'interrupted');

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
  key BLOB NOT NULL,
  source TEXT NOT NULL,
  destination TEXT NOT NULL,
  outcome TEXT CHECK (outcome IN ('copied', 'unchanged', 'skipped', 'failed', 'cancelled')),
  attempt INTEGER,
  digest TEXT,
  previous_digest TEXT,
  blobs_sent INTEGER NOT NULL DEFAULT 0,
  blobs_mounted INTEGER NOT NULL DEFAULT 0,
  blobs_present INTEGER NOT NULL DEFAULT 0,
  referrers INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  ended_ms INTEGER,
  notices TEXT,
  failure TEXT,
  layers TEXT,
  layers_left_out INTEGER NOT NULL DEFAULT 0,
  UNIQUE (job, key)
) STRICT;
CREATE INDEX images_in_order ON images (job, id);
CREATE INDEX images_by_outcome ON images (job, outcome, id);

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE registries (
  id TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  display_name TEXT NOT NULL,
  plain_http INTEGER NOT NULL,
  insecure INTEGER NOT NULL,
  ca TEXT,
  user TEXT,
  namespaces TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE realms (host TEXT PRIMARY KEY, realm TEXT NOT NULL, pinned_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE repositories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE INDEX repositories_in_order ON repositories (lower(name), name);

CREATE TABLE manifest_bytes (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE manifests (
  repository INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL REFERENCES manifest_bytes (digest),
  media_type TEXT NOT NULL,
  subject TEXT,
  artifact_type TEXT,
  referrer TEXT,
  PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifests_by_digest ON manifests (digest);
CREATE INDEX manifests_by_subject ON manifests (repository, subject, digest) WHERE subject IS NOT NULL;

CREATE TABLE tags (
  repository INTEGER NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (repository, name),
  FOREIGN KEY (repository, digest) REFERENCES manifests (repository, digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_in_order ON tags (repository, lower(name), name);
CREATE INDEX tags_by_digest ON tags (repository, digest);

CREATE TABLE blobs (
  repository INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_by_digest ON blobs (digest);
`;
