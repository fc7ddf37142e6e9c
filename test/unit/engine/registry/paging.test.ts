import { describe, expect, test } from 'vitest';
import type { ApiResponse } from '../../../../electron/engine/http/response.ts';
import { nextLink } from '../../../../electron/engine/registry/paging.ts';

const answer = (...link: string[]): ApiResponse => ({
  status: 200,
  // node joins several Link headers into one
  headers: link.length === 0 ? {} : { link: link.join(', ') },
  url: new URL('https://registry.test/v2/a/b/tags/list?n=1000'),
  body: new Uint8Array(),
});

describe('the Link to the next page (RFC 8288)', () => {
  test.each([
    ['</v2/a/b/tags/list?last=x&n=5>; rel="next"', '?last=x&n=5'],
    ['</v2/a/b/tags/list?last=x>; rel=next', '?last=x'],
    ['<https://other.test/x?last=1>; rel="next"', '?last=1'],
    ['<?next_page=abc%3D>;rel="next"', '?next_page=abc%3D'],
    ['</a?x=1>; rel="prev", </a?x=2>; rel="next"', '?x=2'],
    ['</a?x=1>; title="a, b; rel=next"; rel="prev"', undefined],
    ['</a?x=1>; rel="first next last"', '?x=1'],
    ['</a?x=1>; rel="nextish"', undefined],
    ['</a?x=1>; REL="NEXT"', '?x=1'],
    ['</a?x=1>', undefined],
    ['/a?x=1; rel=next', undefined],
    ['</a>; rel="next"', undefined],
    ['<https://[bad>; rel="next"', undefined],
    ['', undefined],
    ['</a?x=,y;z>; rel="next"', '?x=,y;z'],
  ])('%s', (link, expected) => expect(nextLink(answer(link))).toBe(expected));

  test('in one of several headers', () => {
    expect(nextLink(answer('</a?x=1>; rel="prev"', '</a?x=2>; rel="next"'))).toBe('?x=2');
  });

  test('none', () => expect(nextLink(answer())).toBeUndefined());

  test('a hostile one is read in no time', () => {
    for (const text of ['<'.repeat(60_000), `<a>${'; rel = "x"'.repeat(5000)}`, `<${' '.repeat(60_000)}`]) {
      const started = performance.now();
      expect(nextLink(answer(text))).toBeUndefined();
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
