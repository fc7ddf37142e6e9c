import type { Statement } from 'better-sqlite3';
import { keptValue } from './clean.ts';
import type { Database } from './database.ts';
import { type JobRow, type JobTotals, noTotals } from './job-row.ts';

type Columns = (string | number | Buffer | null)[];

interface CountRow {
  readonly outcome: keyof JobTotals['images'] | null;
  readonly count: number;
  readonly sent: number;
  readonly mounted: number;
  readonly present: number;
}

const listImage = `INSERT INTO images (job, key, source, destination) VALUES (?, ?, ?, ?)
  ON CONFLICT (job, key) DO NOTHING`;
// The latest word counts: rounds and later attempts look at an image again.
const endImage = `INSERT INTO images (job, key, source, destination, outcome, attempt, digest, previous_digest,
    blobs_sent, blobs_mounted, blobs_present, referrers, seconds, ended_ms, notices, failure, layers, layers_left_out)
  VALUES (${Array.from({ length: 18 }, () => '?').join(', ')})
  ON CONFLICT (job, key) DO UPDATE SET outcome = excluded.outcome, attempt = excluded.attempt, digest = excluded.digest,
    previous_digest = excluded.previous_digest, blobs_sent = excluded.blobs_sent, blobs_mounted = excluded.blobs_mounted,
    blobs_present = excluded.blobs_present, referrers = excluded.referrers, seconds = excluded.seconds,
    ended_ms = excluded.ended_ms, notices = excluded.notices, failure = excluded.failure, layers = excluded.layers,
    layers_left_out = excluded.layers_left_out`;
const cancelRest = `UPDATE images SET outcome = 'cancelled', attempt = ?, ended_ms = ? WHERE job = ? AND outcome IS NULL`;
const keepTraffic = `UPDATE jobs SET received = ?, sent = ?, reused = ?, source_requests = ?, destination_requests = ?,
  token_requests = ?, seconds = ? WHERE number = ?`;
const finishJob = 'UPDATE jobs SET state = ?, ended_ms = ?, totals = ? WHERE number = ?';
const countImages = `SELECT outcome, count(*) AS count, sum(blobs_sent) AS sent, sum(blobs_mounted) AS mounted,
  sum(blobs_present) AS present FROM images WHERE job = ? GROUP BY outcome`;

/** The statements of running jobs, made once. */
export class JobStatements {
  readonly list: Statement<Columns>;
  readonly end: Statement<Columns>;
  readonly cancelRest: Statement<Columns>;
  readonly traffic: Statement<Columns>;
  readonly finish: Statement<Columns>;
  readonly #count: Statement<[number], CountRow>;

  constructor(database: Database) {
    this.list = database.prepare(listImage);
    this.end = database.prepare(endImage);
    this.cancelRest = database.prepare(cancelRest);
    this.traffic = database.prepare(keepTraffic);
    this.finish = database.prepare(finishJob);
    this.#count = database.prepare(countImages);
  }

  /** How the images of a job stand: as counted when it ended, else as they are now. */
  totals(row: Pick<JobRow, 'number' | 'state' | 'totals'>): JobTotals {
    const isOver = row.state !== 'running' && row.state !== 'interrupted';
    return (isOver ? totalsIn(row.totals) : undefined) ?? this.count(row.number);
  }

  /** How the images of a job stand now. */
  count(number: number): JobTotals {
    const images = { ...noTotals.images };
    const blobs = { ...noTotals.blobs };
    for (const { outcome, count, sent, mounted, present } of this.#count.all(number)) {
      images.total += count;
      if (outcome !== null) images[outcome] += count;
      blobs.sent += sent;
      blobs.mounted += mounted;
      blobs.present += present;
    }
    return { images, blobs };
  }
}

function totalsIn(json: string | null): JobTotals | undefined {
  const value = keptValue(json);
  return isTotals(value) ? value : undefined;
}

function isTotals(value: unknown): value is JobTotals {
  if (typeof value !== 'object' || value === null || !('images' in value && 'blobs' in value)) return false;
  return holdsCounts(value.images, noTotals.images) && holdsCounts(value.blobs, noTotals.blobs);
}

function holdsCounts(value: unknown, like: object): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const held = new Map<string, unknown>(Object.entries(value));
  return Object.keys(like).every((name) => typeof held.get(name) === 'number');
}
