import { z } from 'zod';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryPath, isTag } from '../oci/reference.ts';

// oxlint-disable-next-line no-control-regex -- these are the characters to be refused
const control = /[\u0000-\u001f\u007f]/;

/** One line of at most so many characters, none of them a control character. */
export const line = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !control.test(text), 'holds control characters');

/** Lines of at most so many characters in all; only NUL is refused. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((lines) => !lines.includes('\0'), 'holds NUL');

/** At most so many of a kind. */
export const list = <Item extends z.ZodType>(item: Item, most: number) => z.array(item).max(most);

/** At most so many values by a name of at most 100 characters. */
export const named = <Value extends z.ZodType>(value: Value, most: number) =>
  z.record(line(100), value).refine((record) => Object.keys(record).length <= most, 'holds too many entries');

/** A whole number from `least` to `most`. */
export const whole = (least: number, most: number) => z.number().int().min(least).max(most);

/** How many, or how many bytes: a safe whole number that is not negative. */
export const count = z.number().int().min(0);

/** Seconds, or something each second. */
export const amount = z.number().min(0);

/** Milliseconds since 1970. */
export const wallMs = z.number().int().min(0);

/** A moment as ISO 8601 in UTC. */
export const instant = z.iso.datetime().max(40);

/** What something is called between window and engine: made by the engine, without any meaning. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A file that was chosen by a person: made by the shell, without any meaning, never a path. */
export const handle = id;

/** The number of a job. */
export const job = whole(1, Number.MAX_SAFE_INTEGER);

/** A digest of the grammar that we can compute. */
export const digest = z
  .string()
  .max(135)
  .refine((text): boolean => isDigest(text), 'is not a digest');

/** A repository path of the spec's grammar. */
export const repositoryPath = z.string().max(255).refine(isRepositoryPath, 'is not a repository path');

/** A tag of the spec's grammar. */
export const tag = z.string().max(128).refine(isTag, 'is not a tag');

/** A reference as it is shown. */
export const shownReference = line(600);

/** `os/arch[/variant]`. */
export const platform = line(100);

/** A host as `name[:port]`. */
export const host = line(255);
