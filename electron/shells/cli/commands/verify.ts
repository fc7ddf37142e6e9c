import { access } from 'node:fs/promises';
import { formatBytes } from '../../../contract/format.ts';
import type { CarriedFile, FileCheck } from '../../../app/carrying/carrier.ts';
import type { ImageVerification } from '../../../contract/models.ts';
import { type FilePlace, readFilePlace } from '../../../app/carrying/file-places.ts';
import { nameIn } from '../../../app/carrying/import-plan.ts';
import { checkImageDigest, checkTrustWish, type JudgedSender } from '../../../app/carrying/senders.ts';
import type { TrustWish } from '../../../app/carrying/wishes.ts';
import { failureOfThrown } from '../../../app/errors.ts';
import { FindingError } from '../../../app/findings.ts';
import { isLibraryPlace } from '../../../app/places.ts';
import { showingBytes } from '../byte-picture.ts';
import { carryWordsOf } from '../carry-words.ts';
import type { Console } from '../console.ts';
import { type ConnectionFlags, type TrustFlags, trustWish } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `verify`. */
export type VerifyFlags = ConnectionFlags & TrustFlags;

/** `verify REFERENCE` or `verify FILE`: every blob hashed, every manifest complete. */
export async function verify(text: string, flags: VerifyFlags, context: CommandContext): Promise<SummaryFacts> {
  const wish = trustWish(flags);
  checkTrustWish(wish);
  const place = readFilePlace(text);
  if (place?.name !== undefined) return verifyImageOf(place, text, wish, context);
  const path = place?.path ?? ((await isThere(text)) ? text : undefined);
  return path === undefined ? verifyImage(text, wish, context) : verifyFile(path, wish, context);
}

/** What a file is, who made it and when, as far as it says so itself. */
export function sayFile(file: CarriedFile, console: Console): void {
  const words = carryWordsOf(console.language);
  const { name, kind, bundle, notices, images } = file;
  console.event('file', { name, kind, images: images.length, ...(bundle === undefined ? {} : { bundle }) });
  console.say(words.file(name, kind, images.length));
  if (bundle !== undefined) {
    const { set, volumes, created, signer } = bundle;
    console.say(words.set(set, volumes));
    if (created !== undefined) console.say(words.created(created));
    console.say(signer === undefined ? words.unsigned : words.signed(signer));
  }
  for (const notice of notices) console.warn(notice);
}

/** What is known of who sent a file; nothing where nobody signed. */
export function saySender({ state }: JudgedSender, console: Console): void {
  if (state !== 'unsigned') console.say(carryWordsOf(console.language).senders[state]);
}

/** Tells what is wrong with a file; undefined when nothing is. */
export function endOfCheck(
  file: CarriedFile,
  { problems, images }: FileCheck,
  text: string,
  { console, facts }: CommandContext,
): SummaryFacts | undefined {
  if (problems.length === 0) return undefined;
  const words = carryWordsOf(console.language);
  for (const problem of problems) console.failure(problem, text);
  for (const { image, isComplete } of images) if (!isComplete) console.result(words.incomplete(nameIn(file, image)));
  return facts({ ok: false, failures: problems.map((problem) => ({ source: text, destination: '', ...problem })) });
}

async function verifyFile(path: string, wish: TrustWish, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const words = carryWordsOf(console.language);
  const app = await context.app({ copies: true, isDirect: true });
  const carrier = app.carrier();
  try {
    const file = await carrier.open([path], { acceptIncomplete: true }, signal);
    sayFile(file, console);
    const sender = await carrier.trust(file, wish).catch(unlessFinding);
    if (sender instanceof FindingError) return distrusted(sender, path, context);
    saySender(sender, console);
    const check = await showingBytes(console, words.checking, (received) => file.verify(received, signal));
    const { manifests, blobs, bytes, images } = check;
    const ok = check.problems.length === 0;
    const complete = images.filter(({ isComplete }) => isComplete).length;
    console.event('verified', { reference: path, ok, images: images.length, complete, manifests, blobs, bytes });
    const failed = endOfCheck(file, check, path, context);
    if (failed !== undefined) return failed;
    for (const { image } of images) console.result(`${nameIn(file, image)} ${image.descriptor.digest}`);
    console.result(console.words.verified(manifests, blobs, formatBytes(bytes)));
    return context.facts({ ok, failures: [] });
  } finally {
    await carrier.close();
  }
}

async function verifyImage(text: string, wish: TrustWish, context: CommandContext): Promise<SummaryFacts> {
  const app = await context.app({ copies: isLibraryPlace(text) });
  return tellImage(text, await app.verify(text, () => {}, context.signal), wish, context);
}

async function verifyImageOf(
  place: FilePlace,
  text: string,
  wish: TrustWish,
  context: CommandContext,
): Promise<SummaryFacts> {
  const carrier = (await context.app({ copies: true, isDirect: true })).carrier();
  try {
    return tellImage(text, await carrier.verify(place, () => {}, context.signal), wish, context);
  } finally {
    await carrier.close();
  }
}

function tellImage(
  text: string,
  { problems, ...found }: ImageVerification,
  { digest }: TrustWish,
  context: CommandContext,
): SummaryFacts {
  const { console } = context;
  try {
    checkImageDigest(text, found.digest, digest);
  } catch (thrown) {
    return distrusted(unlessFinding(thrown), text, context);
  }
  const ok = problems.length === 0;
  console.event('verified', { reference: text, ok, ...found });
  for (const problem of problems) console.failure(problem, text);
  if (ok)
    console.result(
      `${found.digest}${console.words.colon}${console.words.verified(found.manifests, found.blobs, formatBytes(found.bytes))}`,
    );
  return context.facts({ ok, failures: problems.map((problem) => ({ source: text, destination: '', ...problem })) });
}

/** Not the one that was meant is as bad as damaged. */
function distrusted(error: FindingError, text: string, { console, facts }: CommandContext): SummaryFacts {
  const failure = failureOfThrown(error);
  console.failure(failure, text);
  return facts({ ok: false, failures: [{ source: text, destination: '', ...failure }] });
}

function unlessFinding(thrown: unknown): FindingError {
  if (thrown instanceof FindingError) return thrown;
  throw thrown;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
