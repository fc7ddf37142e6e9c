import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { StoredImage } from './cases.ts';

// The layout that docker-registry has had on disk since 2.0. Writing it takes a second where pushing takes minutes.

/** Writes images into the storage tree of a docker-registry that does not run. */
export function writeImages(root: string, images: readonly StoredImage[]): void {
  const written = new Set<string>();
  for (const { repository, tag, content } of images) {
    const home = repositoryPath(root, repository);
    for (const blob of content.blobs) {
      writeLink(join(home, '_layers', inPath(blob.digest), 'link'), blob.digest);
      if (written.has(blob.digest)) continue;
      written.add(blob.digest);
      writeData(dataPath(root, blob.digest), blob.open());
    }
    writeData(dataPath(root, content.digest), [content.raw]);
    writeLink(join(home, '_manifests', 'revisions', inPath(content.digest), 'link'), content.digest);
    writeLink(join(home, '_manifests', 'tags', tag, 'current', 'link'), content.digest);
    writeLink(join(home, '_manifests', 'tags', tag, 'index', inPath(content.digest), 'link'), content.digest);
  }
}

/** What is not as it must be in the storage tree of a registry: every tag, manifest and blob is read and hashed. */
export function findProblems(root: string, images: readonly StoredImage[]): readonly string[] {
  const problems: string[] = [];
  const hashed = new Set<string>();
  const mustBe = (isRight: boolean, problem: () => string): void => {
    if (!isRight) problems.push(problem());
  };
  for (const { repository, tag, content } of images) {
    const home = repositoryPath(root, repository);
    const name = `${repository}:${tag}`;
    const found = readLink(join(home, '_manifests', 'tags', tag, 'current', 'link'));
    mustBe(found === content.digest, () => `${name} is ${found ?? 'not there'}, not ${content.digest}`);
    const blobs = [...content.blobs, { digest: content.digest, sizeBytes: content.sizeBytes }];
    for (const { digest, sizeBytes } of blobs) {
      if (digest !== content.digest) {
        const isLinked = readLink(join(home, '_layers', inPath(digest), 'link')) === digest;
        mustBe(isLinked, () => `${repository} has no blob ${digest}`);
      }
      if (hashed.has(digest)) continue;
      hashed.add(digest);
      const actual = hashFile(dataPath(root, digest));
      mustBe(actual === `${digest} ${sizeBytes}`, () => `${name}: ${digest} of ${sizeBytes} bytes is ${actual}`);
    }
  }
  return problems;
}

function repositoryPath(root: string, repository: string): string {
  return join(root, 'docker', 'registry', 'v2', 'repositories', repository);
}

function dataPath(root: string, digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return join(root, 'docker', 'registry', 'v2', 'blobs', 'sha256', hex.slice(0, 2), hex, 'data');
}

function inPath(digest: string): string {
  return digest.replace(':', '/');
}

function writeLink(path: string, digest: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, digest);
}

function readLink(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

function writeData(path: string, pieces: Iterable<Buffer>): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
}

function hashFile(path: string): string {
  if (!existsSync(path)) return 'not there';
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
      hash.update(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
  return `sha256:${hash.digest('hex')} ${statSync(path).size}`;
}
