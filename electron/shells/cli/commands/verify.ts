import { access } from 'node:fs/promises';
import { formatBytes } from '../../../contract/format.ts';
import type { CarriedFile, FileCheck } from '../../../app/carrying/carrier.ts';
import { readFilePlace } from '../../../app/carrying/file-places.ts';
import { nameIn } from '../../../app/carrying/import-plan.ts';
import { showingBytes } from '../byte-picture.ts';
import { carryWordsOf } from '../carry-words.ts';
import type { Console } from '../console.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** `verify REFERENCE` or `verify FILE`: every blob hashed, every manifest complete. */
export async function verify(text: string, context: CommandContext): Promise<SummaryFacts> {
  const path = readFilePlace(text)?.path ?? ((await isThere(text)) ? text : undefined);
  return path === undefined ? verifyImage(text, context) : verifyFile(path, context);
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

async function verifyFile(path: string, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const words = carryWordsOf(console.language);
  const app = await context.app();
  const carrier = app.carrier();
  try {
    const file = await carrier.open([path], { acceptIncomplete: true }, signal);
    sayFile(file, console);
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

async function verifyImage(text: string, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const app = await context.app();
  const { problems, ...found } = await app.verify(text, () => {}, signal);
  const ok = problems.length === 0;
  console.event('verified', { reference: text, ok, ...found });
  for (const problem of problems) console.failure(problem, text);
  if (ok)
    console.result(
      `${found.digest}${console.words.colon}${console.words.verified(found.manifests, found.blobs, formatBytes(found.bytes))}`,
    );
  return context.facts({ ok, failures: problems.map((problem) => ({ source: text, destination: '', ...problem })) });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
