import { expect, test } from 'vitest';
import { LineCutter } from '../../../../renderer/transport/lines.ts';

test('lines come out whole however the pieces are cut', () => {
  const text = '{"a":1}\n\n{"b":"é"}\n{}\n';
  for (let at = 0; at <= text.length; at++) {
    const cutter = new LineCutter();
    expect([...cutter.cut(text.slice(0, at)), ...cutter.cut(text.slice(at))]).toEqual(['{"a":1}', '{"b":"é"}', '{}']);
  }
});
