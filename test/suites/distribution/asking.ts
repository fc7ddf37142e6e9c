import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { asObject, type JsonObject, optionalObjects, optionalStrings } from '../../../electron/oci/fields.ts';
import { type Answer, call, type CallOptions } from '../../fakes/plain-http.ts';
import { image, type SampleManifest, types } from '../../fakes/images.ts';
import { pushBlob, pushManifest } from '../../fakes/push.ts';

/** One thing a registry must do; throws when it does not. */
export interface Requirement {
  /** A sentence with the registry as its subject; deviations are listed by it. */
  readonly name: string;
  readonly check: (registry: Asking) => Promise<void>;
}

let fresh = 0;

/** A registry as the requirements ask it. */
export class Asking {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** A repository name that nothing was pushed to yet. */
  freshRepository(): string {
    fresh++;
    return `conformance/r${fresh}`;
  }

  /** Sends one request; `path` is what comes behind `/v2/`, or a Location. */
  ask(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return call(method, new URL(path, `${this.url}/v2/`).href, options);
  }

  /** Opens an upload and gives its Location as a full URL. */
  async openUpload(repository: string): Promise<string> {
    const answer = await this.ask('POST', `${repository}/blobs/uploads/`);
    expect(answer.status).toBe(202);
    return this.locationOf(answer);
  }

  /** The Location of an answer as a full URL, whether it was one or a path. */
  locationOf(answer: Answer): string {
    expect(answer.headers.location, 'Location').toBeTruthy();
    return new URL(answer.headers.location ?? '', this.url).href;
  }

  /** Pushes bytes as a blob, by a POST and a PUT, and gives their digest. */
  async pushBlob(repository: string, bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    const target = withDigest(await this.openUpload(repository), digest);
    const answer = await this.ask('PUT', target, { headers: octets, body: bytes });
    expect(answer.status).toBe(201);
    return digest;
  }

  /** Pushes an image with its blobs, its children first, and gives it back. */
  async pushImage(
    repository: string,
    tag: string | undefined,
    content: SampleManifest = image(),
  ): Promise<SampleManifest> {
    for (const child of content.children) await this.pushImage(repository, undefined, child);
    for (const blob of content.blobs) await pushBlob(this.url, repository, blob);
    await pushManifest(this.url, repository, tag ?? content.digest, content);
    return content;
  }

  /** PUT of a manifest's bytes. */
  putManifest(
    repository: string,
    reference: string,
    raw: Uint8Array | string,
    type: string = types.ociManifest,
  ): Promise<Answer> {
    return this.ask('PUT', `${repository}/manifests/${reference}`, { headers: { 'content-type': type }, body: raw });
  }

  /** GET of a manifest, saying that every type is welcome. */
  getManifest(repository: string, reference: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Answer> {
    return this.ask(method, `${repository}/manifests/${reference}`, { headers: { accept: everyType } });
  }
}

/** The header of a blob's body. */
export const octets: Readonly<Record<string, string>> = { 'content-type': 'application/octet-stream' };

const everyType = [types.ociIndex, types.ociManifest, types.dockerList, types.dockerManifest].join(', ');

/** `sha256:…` of bytes. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** `sha512:…` of bytes. */
export function sha512(bytes: Uint8Array | string): string {
  return `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
}

/** The Location with `digest` added to whatever query it has. */
export function withDigest(location: string, digest: string): string {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url.href;
}

/** The JSON object of an answer. */
export function jsonOf(answer: Answer): JsonObject {
  const value: unknown = JSON.parse(answer.body.toString());
  return asObject(value, 'the answer');
}

/** A list of texts in the JSON of an answer. */
export function textsIn(answer: Answer, name: string): readonly string[] {
  return optionalStrings(jsonOf(answer), name) ?? expect.fail(`no list "${name}"`);
}

/** A list of objects in the JSON of an answer. */
export function objectsIn(answer: Answer, name: string): readonly JsonObject[] {
  return optionalObjects(jsonOf(answer), name) ?? expect.fail(`no list "${name}"`);
}

/** The codes of an answer's errors; fails when the body is not in the spec's form. */
export function codesOf(answer: Answer): string[] {
  const errors = objectsIn(answer, 'errors');
  expect(errors.length, 'errors').toBeGreaterThan(0);
  return errors.map((error) => String(error['code']));
}
