import type { ErrorKind, Hint, Side } from '../../contract/errors.ts';
import { type Advice, CopyError } from '../kernel/errors.ts';
import { redactText } from '../kernel/redact.ts';
import { SleptError } from '../kernel/patience.ts';
import { IdleError } from './exchange.ts';

interface Verdict {
  readonly kind: ErrorKind;
  readonly text: string;
  readonly advice: Advice;
  readonly hint?: Hint;
}

const again: Advice = { do: 'again' };
const never: Advice = { do: 'never' };

const unreachable = (text: string, hint?: Hint): Verdict => ({
  kind: 'unreachable',
  text,
  advice: again,
  ...(hint === undefined ? {} : { hint }),
});
const broken = (text: string): Verdict => unreachable(text, 'line-broken');
const untrusted = (text: string, hint?: Hint): Verdict => ({
  kind: 'tls',
  text,
  advice: never,
  ...(hint === undefined ? {} : { hint }),
});

/** Every transport error by its code; RELIABILITY "retry classes", one row a code. */
const byCode: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: unreachable('connection refused'),
  EHOSTUNREACH: unreachable('no route to the host'),
  ENETUNREACH: unreachable('no route to the network'),
  EADDRNOTAVAIL: unreachable('no local address can reach the host'),
  ETIMEDOUT: unreachable('connection timed out'),
  ERR_CONNECT_TIMEOUT: unreachable('no connection within the time limit'),
  UND_ERR_CONNECT_TIMEOUT: unreachable('no connection within the time limit'),
  UND_ERR_HEADERS_TIMEOUT: { kind: 'timeout', text: 'no answer', advice: again },
  UND_ERR_BODY_TIMEOUT: { kind: 'timeout', text: 'the answer stopped flowing', advice: again },
  EAI_AGAIN: unreachable('the name service does not answer'),
  ENOTFOUND: unreachable('no such host', 'no-such-host'),
  ECONNRESET: broken('the connection was reset'),
  ECONNABORTED: broken('the connection was aborted'),
  EPIPE: broken('the connection was closed while sending'),
  ERR_LINE_CLOSED: broken('the connection was closed by the other side'),
  ERR_ANSWER_CUT: broken('the answer ended early'),
  ERR_BODY_LENGTH: broken('the request ended early'),
  ERR_HEAD_TOO_LARGE: { kind: 'protocol', text: 'the headers of the answer are too large', advice: never },
  ERR_NOT_HTTP: { kind: 'protocol', text: 'the answer is not HTTP', advice: never },
  UND_ERR_SOCKET: broken('the connection was closed by the other side'),
  UND_ERR_CLOSED: broken('the connection was closed'),
  UND_ERR_DESTROYED: broken('the connection was closed'),
  UND_ERR_INFO: broken('the connection was closed'),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: broken('the answer ended early'),
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: broken('the request ended early'),
  UND_ERR_HEADERS_OVERFLOW: { kind: 'protocol', text: 'the headers of the answer are too large', advice: never },
  // undici's ProxyAgent closes with this when a plain request is answered with 407; nothing else of ours is an invalid argument
  UND_ERR_INVALID_ARG: { kind: 'proxy', text: 'the proxy asks for credentials', advice: never },
  UND_ERR_PRX_CONN: { kind: 'proxy', text: 'the proxy closed the connection', advice: again },
  UND_ERR_PRX_TLS: { kind: 'proxy', text: 'the certificate of the proxy is not trusted', advice: never },
  ERR_PROXY_UNREACHABLE: { kind: 'proxy', text: 'no connection to the proxy', advice: again },
  ERR_PROXY_ADDRESS: { kind: 'proxy', text: 'the address of the proxy cannot be read', advice: never },
  CERT_HAS_EXPIRED: untrusted('the certificate has expired', 'clock-wrong'),
  CERT_NOT_YET_VALID: untrusted('the certificate is not valid yet', 'clock-wrong'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('the certificate is self-signed', 'trust-ca'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('the certificate is signed by an unknown CA', 'trust-ca'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('the certificate is signed by an unknown CA', 'trust-ca'),
  UNABLE_TO_GET_ISSUER_CERT: untrusted('the certificate is signed by an unknown CA', 'trust-ca'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('the certificate is signed by an unknown CA', 'trust-ca'),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted('the certificate is for another host name'),
  EPROTO: untrusted('the host does not speak TLS as expected'),
  ERR_SSL_WRONG_VERSION_NUMBER: untrusted('the host does not speak TLS', 'plain-http'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: untrusted('the host does not speak TLS', 'plain-http'),
  ERR_FORBIDDEN_ADDRESS: {
    kind: 'refused',
    text: 'the registry pointed to an address that a registry may not name',
    advice: never,
  },
  EMFILE: { kind: 'disk', text: 'too many open files on this machine', advice: again },
  ENFILE: { kind: 'disk', text: 'too many open files on this machine', advice: again },
};

/** What a failed exchange with `host` means: a CopyError with kind, cause and advice. CopyErrors pass through. */
export function transportError(
  thrown: unknown,
  context: { readonly side: Side; readonly op: string; readonly subject: string; readonly host: string },
): CopyError {
  if (thrown instanceof CopyError) return thrown;
  const { side, op, subject, host } = context;
  const verdict = judge(thrown);
  return new CopyError(verdict.kind, {
    side,
    op,
    subject,
    message: `${side} ${host}: ${verdict.text} (${op} of ${subject})`,
    advice: verdict.advice,
    cause: thrown,
    ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
  });
}

function judge(thrown: unknown): Verdict {
  if (thrown instanceof SleptError) return broken('this machine slept or changed networks');
  if (thrown instanceof IdleError) return { kind: 'timeout', text: thrown.what, advice: again };
  if (!(thrown instanceof Error)) return { kind: 'internal', text: String(thrown), advice: never };
  const code = codeOf(thrown);
  if (code === 'UND_ERR_ABORTED') return proxyRefusal(thrown);
  const known = byCode[code];
  if (known !== undefined) return known;
  if (thrown.name === 'HTTPParserError') return { kind: 'protocol', text: 'the answer is not HTTP', advice: never };
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('CERT_')) {
    return untrusted(`the TLS handshake ended with ${code}`);
  }
  return { kind: 'internal', text: redactText(`${thrown.name} ${code} ${thrown.message}`), advice: never };
}

/**
 * CONNECT was answered with anything but 200; we abort with reasons of our own. The status stands only in undici's text.
 * A refused password must not be tried again, a proxy that did not reach the host may.
 */
function proxyRefusal(error: Error): Verdict {
  const status = Number(/\((\d{3})\)/.exec(error.message)?.[1] ?? 0);
  const text =
    status === 407 ? 'the proxy does not accept the credentials' : `the proxy answered ${status || 'otherwise'}`;
  return { kind: 'proxy', text, advice: status >= 500 ? again : never };
}

/** The first code along the chain of causes; happy eyeballs wraps several errors into one. */
function codeOf(error: Error): string {
  if (error.name === 'SecureProxyConnectionError') return 'UND_ERR_PRX_TLS';
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (own !== '' && own !== 'UND_ERR_ABORTED') return own;
  return inner instanceof Error ? codeOf(inner) : own;
}
