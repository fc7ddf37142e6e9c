import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { copyError } from '../../app/errors.ts';
import { refuse } from './answers.ts';
import { shieldHeaders } from './headers.ts';

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The built page: every file that can be asked for, by the path it is asked by. */
export interface Page {
  readonly index: string;
  readonly files: ReadonlyMap<string, PageFile>;
}

/** What the page may be made of; anything else in its folder is not served. */
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

const nonceMark = '__CSP_NONCE__';

/** Reads the built page once: later nothing is looked up by a path from a request. Throws CopyError when it is not there. */
export async function loadPage(folder: string): Promise<Page> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && types[extname(entry.name)] !== undefined)
      .map((entry) => join(entry.parentPath, entry.name));
    const files = await Promise.all(
      names.map(async (file): Promise<[string, PageFile]> => {
        const path = `/${relative(folder, file).split(sep).join('/')}`;
        return [path, { type: types[extname(file)] ?? '', bytes: await readFile(file) }];
      }),
    );
    return { index: await readFile(join(folder, 'index.html'), 'utf8'), files: new Map(files) };
  } catch (cause) {
    const message = 'the page of the window is not there; build it first';
    throw copyError('invalid', { side: 'local', op: 'page.load', subject: 'page', message, cause });
  }
}

/** Answers GET and HEAD; the target is a key and never a path, so whatever is odd about it is simply not there. */
export function servePage(page: Page, request: IncomingMessage, response: ServerResponse): void {
  const { url = '' } = request;
  if (url === '/') {
    const nonce = randomBytes(16).toString('base64');
    const index = Buffer.from(page.index.replaceAll(nonceMark, nonce));
    send(request, response, { type: 'text/html; charset=utf-8', bytes: index }, nonce);
    return;
  }
  const file = page.files.get(url);
  if (file === undefined) refuse(response, 404);
  else send(request, response, file);
}

function send({ method }: IncomingMessage, response: ServerResponse, { type, bytes }: PageFile, nonce?: string): void {
  response.writeHead(200, { ...shieldHeaders(nonce), 'Content-Type': type, 'Content-Length': bytes.byteLength });
  response.end(method === 'HEAD' ? undefined : bytes);
}
