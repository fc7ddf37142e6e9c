import type { Side } from '../../contract/errors.ts';
import type { JsonObject } from '../../oci/fields.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import type { HttpClient } from '../http/client.ts';
import type { Host, Hosts } from '../http/hosts.ts';
import type { ApiResponse } from '../http/response.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import type { Meter } from '../kernel/meter.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Credential, CredentialSource } from '../ports/credentials.ts';
import { refuseHtml } from '../registry/context.ts';
import type { Account, SignIns } from './sign-ins.ts';

/** What every vendor works with. */
export interface VendorContext {
  readonly client: HttpClient;
  readonly hosts: Hosts;
  readonly credentials: CredentialSource;
  /** Shared by all vendors of the process, so that a refused password stays refused. */
  readonly signIns: SignIns;
  /** The registry in our spelling: `docker.io`, `name[:port]`. */
  readonly registry: string;
  readonly side: Side;
  readonly meter: Meter;
}

/** One request to a vendor's API. */
export interface VendorRequest {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly op: string;
  readonly subject: string;
  /** The header's value; undefined to ask anonymously. */
  readonly authorization?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly accept?: readonly number[];
  /** True for a question that is not worth repeating. */
  readonly isOnce?: boolean;
  /** How long it may take in all, in milliseconds; without it as long as the client is patient. */
  readonly withinMs?: number;
}

const maxAnswerBytes = 8 * 1024 * 1024;

/** Sends one request; `authorization` goes to the API's own origin and nowhere a redirect leads. */
export function ask(
  context: VendorContext,
  host: Host,
  request: VendorRequest,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const { client, side, meter } = context;
  const { method = 'GET', path, op, subject, authorization, headers, body, accept, isOnce = false, withinMs } = request;
  return client.send(
    {
      host,
      side,
      meter,
      method,
      target: path,
      op,
      subject,
      scopes: [],
      isIdempotent: method === 'GET' && !isOnce,
      maxBytes: maxAnswerBytes,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: { kind: 'bytes', bytes: encodeUtf8(JSON.stringify(body)) } }),
      ...(accept === undefined ? {} : { accept }),
      ...(withinMs === undefined ? {} : { withinMs }),
    },
    authorization === undefined ? undefined : presenting(authorization),
    signal,
  );
}

/** What an answer says, parsed; throws CopyError `protocol` when it is a web page or no JSON. */
export function readAnswer(
  context: VendorContext,
  host: Host,
  response: ApiResponse,
  request: Pick<VendorRequest, 'op' | 'subject'>,
): unknown {
  refuseHtml({ side: context.side, host }, response, request);
  try {
    return parseStrictJson(decodeUtf8(response.body));
  } catch (cause) {
    throw vendorError(
      context,
      host,
      'protocol',
      `sent no JSON for ${request.op} of ${request.subject}`,
      request,
      cause,
    );
  }
}

/** An error of a vendor; the message begins with side and host. */
export function vendorError(
  context: VendorContext,
  host: Pick<Host, 'name'>,
  kind: CopyError['kind'],
  what: string,
  request: Pick<VendorRequest, 'op' | 'subject'>,
  cause?: unknown,
): CopyError {
  const { side } = context;
  const { op, subject } = request;
  return copyError(kind, { side, op, subject, message: `${side} ${host.name} ${what}`, cause });
}

/** The error for an account whose password the API did not take. */
export function accountRefused(context: VendorContext, host: Host, account: Account, cause: unknown): CopyError {
  const { side } = context;
  const message = `${side} ${host.name} does not accept the password of user ${JSON.stringify(account.user)} for its API`;
  return copyError('unauthorized', {
    side,
    op: 'sign-in',
    subject: host.name,
    message,
    hint: 'credential-wrong',
    cause,
  });
}

/** The account kept for the registry; undefined for none and for credentials that are no user and password. */
export async function accountFor(
  context: VendorContext,
  repository: string | undefined,
  signal: AbortSignal,
): Promise<Account | undefined> {
  const credential: Credential | undefined = await context.credentials.credentialFor(
    context.registry,
    repository,
    signal,
  );
  return credential?.kind === 'basic' ? credential : undefined;
}

/** True for an answer that refused who asked. */
export function isUnauthorized(thrown: unknown): boolean {
  return thrown instanceof CopyError && thrown.kind === 'unauthorized';
}

/** Presents one header and learns nothing: what an API refuses is refused. The client keeps it to the host's own origin. */
function presenting(authorization: string): Authorizer {
  return {
    authorization: () => Promise.resolve(authorization),
    challenged: ({ side, host, subject }) =>
      Promise.reject(
        copyError('unauthorized', {
          side,
          op: 'sign-in',
          subject,
          message: `${side} ${host} does not accept the credential for its API (${subject})`,
        }),
      ),
    lacking: () => Promise.resolve(undefined),
    settled: () => {},
  };
}
