import { FIN, HANG, RESET, type RawStep } from './raw-registry.ts';

/** A plain, correct answer, to mix with crooked ones. */
export function rawAnswer(status: number, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers });
  return `HTTP/1.1 ${status} Answer\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Answers that no HTTP module will send, each by what is wrong with it; the body they carry is "hello". */
export const rawAnswers = {
  twoContentLengths: ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello'],
  lengthAndChunked: [
    'HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  ],
  negativeLength: ['HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', FIN],
  lengthNotANumber: ['HTTP/1.1 200 OK\r\nContent-Length: 5abc\r\n\r\nhello', FIN],
  /** One header of 20 KB. */
  hugeHeader: [`HTTP/1.1 200 OK\r\nX-Filler: ${'x'.repeat(20_480)}\r\nContent-Length: 5\r\n\r\nhello`],
  /** Ten thousand headers. */
  manyHeaders: [`HTTP/1.1 200 OK\r\n${'X-Filler: y\r\n'.repeat(10_000)}Content-Length: 5\r\n\r\nhello`],
  badChunkSize: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
  chunkEndsEarly: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', FIN],
  chunkSizeOverflows: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello', FIN],
  /** Fewer bytes than said, then FIN. */
  shortBody: ['HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello', FIN],
  /** No length, no framing: ends with the connection. */
  closeDelimited: ['HTTP/1.1 200 OK\r\n\r\nhello', FIN],
  /** A thousand 102 before the answer. */
  informationalFlood: ['HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000), rawAnswer(200, {}, 'hello')],
  /** One 103, which is allowed. */
  earlyHints: ['HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n', rawAnswer(200, {}, 'hello')],
  neverAnswers: [HANG],
  stallsInHead: ['HTTP/1.1 200 OK\r\nContent-Le', HANG],
  /** An alert record, as from a TLS port. */
  tlsGarbage: [Uint8Array.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a]), FIN],
  sshBanner: ['SSH-2.0-OpenSSH_9.2p1\r\n', HANG],
  nothing: [FIN],
  reset: [RESET],
  headerInjection: ['HTTP/1.1 200 OK\r\nX-A: a\rX-B: b\r\nContent-Length: 5\r\n\r\nhello'],
  bareLineFeeds: ['HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
  http09: ['hello', FIN],
  otherVersion: ['HTTP/7.3 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  switchingProtocols: ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nhello'],
  /** A second answer that nobody asked for: must not be taken for that of the next request. */
  unaskedAnswer: [rawAnswer(200, {}, 'hello'), rawAnswer(200, {}, 'smuggled')],
} as const satisfies Record<string, readonly RawStep[]>;

/** The names of the crooked answers. */
export type RawAnswerName = keyof typeof rawAnswers;
