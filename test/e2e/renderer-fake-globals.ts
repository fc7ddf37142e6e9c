import type { FakeOptions } from './renderer-fake-data.ts';

declare global {
  var ferryFake: FakeOptions | undefined;
  var ferry: unknown;
  var fakeCalls: [string, unknown][];
}
