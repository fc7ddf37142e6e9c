import { hash } from 'node:crypto';
import type { HistoryImage, HistoryLayer, LayerFate } from '../../contract/history.ts';
import type { Failure } from '../../contract/errors.ts';
import type { ImageResult, Notice } from '../../contract/models.ts';
import { isDigest } from '../../oci/digest.ts';
import { cleanJson, cleanText, keptValue, shortText } from './clean.ts';

const mostLayers = 1_000;
const mostNotices = 50;
const mostFailureBytes = 32 * 1024;
const fates: readonly LayerFate[] = ['sent', 'mounted', 'present', 'failed'];

/** The columns every reader of images asks for. */
export const imageColumns =
  'id, source, destination, outcome, attempt, digest, previous_digest, blobs_sent, blobs_mounted, blobs_present, ' +
  'referrers, seconds, ended_ms, notices, failure, layers, layers_left_out';

/** A row of `images`. */
export interface ImageRow {
  readonly id: number;
  readonly source: string;
  readonly destination: string;
  readonly outcome: ImageResult['outcome'] | null;
  readonly attempt: number | null;
  readonly digest: string | null;
  readonly previous_digest: string | null;
  readonly blobs_sent: number;
  readonly blobs_mounted: number;
  readonly blobs_present: number;
  readonly referrers: number;
  readonly seconds: number;
  readonly ended_ms: number | null;
  readonly notices: string | null;
  readonly failure: string | null;
  readonly layers: string | null;
  readonly layers_left_out: number;
}

/** The columns that say how an image ended, in the order of the statement that keeps them. */
export type EndColumns = readonly (string | number | Buffer | null)[];

type ImagePair = Pick<ImageResult, 'source' | 'destination'>;

/** What one image of a job is found by: made of the references as they were given, since kept ones may be redacted. */
export function imageKey(image: ImagePair): Buffer {
  return hash('sha256', pairText(image), 'buffer').subarray(0, 16);
}

/** Both references in one text. */
export function pairText({ source, destination }: ImagePair): string {
  return `${source}\0${destination}`;
}

/** How an image ended as columns: key, source, destination, then everything that may be replaced. */
export function endColumns(
  key: Buffer,
  result: ImageResult,
  layers: readonly HistoryLayer[],
  attempt: number,
  endedMs: number,
): EndColumns {
  const kept = layers.slice(0, mostLayers);
  return [
    key,
    cleanText(result.source),
    cleanText(result.destination),
    result.outcome,
    attempt,
    digestOrNull(result.digest),
    digestOrNull(result.previousDigest),
    result.blobs.sent,
    result.blobs.mounted,
    result.blobs.present,
    result.referrers,
    result.seconds,
    Math.round(endedMs),
    result.notices.length === 0 ? null : noticesJson(result.notices),
    result.failure === undefined ? null : failureJson(result.failure),
    kept.length === 0 ? null : layersJson(kept),
    layers.length - kept.length,
  ];
}

/** The image in a row. */
export function imageOf(row: ImageRow): HistoryImage {
  const failure = keptValue(row.failure);
  return {
    position: row.id,
    source: row.source,
    destination: row.destination,
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    ...(row.digest === null ? {} : { digest: row.digest }),
    ...(row.previous_digest === null ? {} : { previousDigest: row.previous_digest }),
    blobs: { sent: row.blobs_sent, mounted: row.blobs_mounted, present: row.blobs_present },
    referrers: row.referrers,
    seconds: row.seconds,
    ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms }),
    notices: listOf(keptValue(row.notices)).filter(isNotice),
    ...(isFailure(failure) ? { failure } : {}),
    layers: layersOf(keptValue(row.layers)),
    layersLeftOut: row.layers_left_out,
  };
}

function digestOrNull(digest: string | undefined): string | null {
  return digest !== undefined && isDigest(digest) ? digest : null;
}

function noticesJson(notices: readonly Notice[]): string {
  return JSON.stringify(notices.slice(0, mostNotices).map(({ kind, text }) => ({ kind, text: shortText(text) })));
}

function failureJson(failure: Failure): string {
  const whole = cleanJson(failure, mostFailureBytes);
  if (whole !== undefined) return whole;
  const { kind, side, op, subject, message, remedy } = failure;
  const short = { subject: shortText(subject), message: shortText(message), remedy: shortText(remedy) };
  return JSON.stringify({ kind, side, op, ...short, codes: [] });
}

/** Rows of three instead of objects: a tenth of the size is names otherwise. */
function layersJson(layers: readonly HistoryLayer[]): string {
  return JSON.stringify(layers.map(({ digest, size, how }) => [digestOrNull(digest) ?? '', size, fates.indexOf(how)]));
}

function layersOf(value: unknown): readonly HistoryLayer[] {
  return listOf(value).flatMap((row) => {
    const [digest, size, fate] = listOf(row);
    const how = typeof fate === 'number' ? fates[fate] : undefined;
    return typeof digest === 'string' && typeof size === 'number' && how !== undefined ? [{ digest, size, how }] : [];
  });
}

function isNotice(value: unknown): value is Notice {
  return hasTexts(value, ['kind', 'text']);
}

function isFailure(value: unknown): value is Failure {
  return hasTexts(value, ['kind', 'side', 'op', 'subject', 'message', 'remedy']) && Array.isArray(value['codes']);
}

function hasTexts(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const held = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof held.get(name) === 'string');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
