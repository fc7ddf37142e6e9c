import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzz } from '../../../fuzzing.ts';
import { NotHttpError } from '../../../../../electron/engine/http/wire/answer-head.ts';
import {
  AnswerReader,
  CutAnswerError,
  HeadTooLargeError,
} from '../../../../../electron/engine/http/wire/answer-reader.ts';

interface Heard {
  readonly statuses: number[];
  body: string;
  ends: number;
  isPaused: boolean;
}

function reader(method = 'GET', most = 200): { reader: AnswerReader; heard: Heard } {
  const heard: Heard = { statuses: [], body: '', ends: 0, isPaused: false };
  const made = new AnswerReader(method, most, {
    head: ({ status }) => heard.statuses.push(status),
    data: (piece) => {
      heard.body += piece.toString('latin1');
    },
    end: () => {
      heard.ends++;
    },
    isPaused: () => heard.isPaused,
  });
  return { reader: made, heard };
}

const whole = {
  length: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  chunks: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b"\r\nhe\r\n3 \r\nllo\r\n0\r\nX-T: t\r\n\r\n',
  hints: 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
};

test.each(Object.entries(whole))('an answer by %s means the same however it is cut into pieces', (_, text) => {
  assert(
    property(array(integer({ min: 1, max: text.length - 1 })), (cuts) => {
      const { reader: read, heard } = reader();
      const points = [0, ...[...new Set(cuts)].sort((a, b) => a - b), text.length];
      points.slice(1).forEach((end, at) => {
        expect(read.take(Buffer.from(text.slice(points[at], end), 'latin1'))).toBe(0);
      });
      expect({ body: heard.body, last: heard.statuses.at(-1), ends: heard.ends, isOver: read.isOver }).toEqual({
        body: 'hello',
        last: 200,
        ends: 1,
        isOver: true,
      });
    }),
    fuzz(200),
  );
});

test('says how many bytes follow an answer', () => {
  const { reader: read, heard } = reader();
  expect(read.take(Buffer.from(`${whole.length}HTTP/1.1 200 smuggled`))).toBe(21);
  expect(heard.body).toBe('hello');
});

test('a pause keeps what came, and nothing of it is lost', () => {
  const { reader: read, heard } = reader();
  read.take(Buffer.from(whole.chunks.slice(0, 52)));
  heard.isPaused = true;
  read.take(Buffer.from(whole.chunks.slice(52)));
  expect(heard).toMatchObject({ body: '', ends: 0 });
  expect(read.isHolding).toBe(true);
  heard.isPaused = false;
  read.resume();
  expect(heard).toMatchObject({ body: 'hello', ends: 1 });
});

test('an answer without a length ends with the connection', () => {
  const { reader: read, heard } = reader();
  read.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello'));
  expect(heard.ends).toBe(0);
  read.closed();
  expect(heard).toMatchObject({ body: 'hello', ends: 1 });
});

describe('a connection that is closed too early', () => {
  test.each([
    ['before the answer', ''],
    ['in the head', 'HTTP/1.1 200 OK\r\nContent'],
    ['in the body', whole.length.slice(0, -1)],
    ['in a chunk', whole.chunks.slice(0, 60)],
    ['before the last empty line', whole.chunks.slice(0, -2)],
  ])('%s', (_, text) => {
    const { reader: read, heard } = reader();
    read.take(Buffer.from(text));
    expect(() => read.closed()).toThrow(CutAnswerError);
    expect(heard.ends).toBe(0);
  });
});

describe('what is no answer is known at once', () => {
  test.each([
    ['a greeting of another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x0a'],
    ['lines without their whole end', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a chunk of too great a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n'],
    ['a chunk of another size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n'],
    ['another protocol, unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\n\r\n'],
  ])('%s', (_, text) => {
    const { reader: read } = reader();
    expect(() => read.take(Buffer.from(text, 'latin1'))).toThrow(NotHttpError);
  });
});

test.each([
  ['a head', `HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(300)}\r\n\r\n`],
  ['a head that does not end', `HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(300)}`],
  ['trailers', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'X-A: b\r\n'.repeat(60)}`],
])('%s may not be larger than allowed', (_, text) => {
  const { reader: read } = reader();
  expect(() => read.take(Buffer.from(text))).toThrow(HeadTooLargeError);
});
