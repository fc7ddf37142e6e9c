import { expect, test } from 'vitest';
import { parseJunit } from './junit.ts';

test('reads what became of each test', () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
  <testsuites tests="4" disabled="1" errors="0" failures="1" time="0.5">
    <testsuite name="conformance tests" package="/suite" tests="4" disabled="0" skipped="1" errors="0" failures="1">
      <testcase name="[BeforeSuite]" classname="s" status="passed" time="0"></testcase>
      <testcase name="[It] Pull a &#34;blob&#34; &gt; 200" classname="s" status="passed" time="0.1">
        <system-err>&gt; Enter [It]</system-err>
      </testcase>
      <testcase name="[It] Push" classname="s" status="failed" time="0.1">
        <failure message="Expected&#xA;    201" type="failed">[FAILED] Expected 201</failure>
      </testcase>
      <testcase name="[It] Mount" classname="s" status="skipped" time="0"><skipped message="skipped - not enabled"></skipped></testcase>
      <testcase name="[It] Delete" classname="s" status="timedout" time="9"/>
    </testsuite>
  </testsuites>`;
  expect(parseJunit(xml)).toEqual([
    { name: '[It] Pull a "blob" > 200', outcome: 'passed', message: '' },
    { name: '[It] Push', outcome: 'failed', message: 'Expected\n    201' },
    { name: '[It] Mount', outcome: 'skipped', message: 'skipped - not enabled' },
    { name: '[It] Delete', outcome: 'failed', message: '' },
  ]);
});

test('a step of the suite counts only when it failed', () => {
  const xml = `<testcase name="[AfterSuite]" status="failed"><failure message="no report"></failure></testcase>`;
  expect(parseJunit(xml)).toEqual([{ name: '[AfterSuite]', outcome: 'failed', message: 'no report' }]);
});
