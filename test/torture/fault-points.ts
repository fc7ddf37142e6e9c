import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { Exchange } from '../fakes/fault-proxy.ts';
import { type FaultAction, type FaultRule, generator } from '../fakes/fault-rules.ts';
import { assertArrived, assertCacheIsTrue } from './checks.ts';
import type { Column, Tally, Torment } from './column.ts';
import { assertEachEndedOnce, copyJob, openCache, outcomesOf, requestsFor } from './copying.ts';
import { type Fleet, fleetOf, pushFleet, wantedOf } from './fleet.ts';
import { type Ground, type Lines, missingRegistry, openGround, overLines } from './ground.ts';

/** Where a fault may strike: exchanges of one kind on one side, as a job without faults makes them. */
interface Place {
  readonly side: keyof Lines;
  readonly method: string;
  readonly path: RegExp;
  /** Body bytes of each of them, in order. */
  readonly requestBytes: readonly number[];
  readonly responseBytes: readonly number[];
}

/** A fault, and whether a job must get over it by itself. */
interface FaultPoint {
  readonly side: keyof Lines;
  readonly rule: FaultRule;
  readonly isPassing: boolean;
  readonly text: string;
}

const mostMs = 60_000;
/** Faults in one job. */
const mostPoints = 12;
const pathKinds: readonly RegExp[] = [
  /\/manifests\//,
  /\/blobs\/uploads\//,
  /\/blobs\/sha256:/,
  /\/tags\/list/,
  /\/referrers\//,
  /^\/v2\/$/,
];
const passingStatus = [408, 425, 429, 500, 502, 503, 504];
const finalStatus = [403, 404, 405];

/** Random faults, up to twelve a job, in jobs of twenty images between real registries by way of the cache. */
export const faultPoints: Column = {
  name: 'fault-points',
  unit: 'fault points',
  missing: missingRegistry,
  open: async () => {
    const ground = await openGround();
    try {
      const fleet = fleetOf(20, 4, 'fleet', [1_400_000, 300_000, 60_000]);
      await pushFleet(ground.source.url, fleet);
      return await FaultPoints.over(ground, fleet);
    } catch (thrown) {
      await ground.ends.close();
      throw thrown;
    }
  },
};

class FaultPoints implements Torment {
  readonly #ground: Ground;
  readonly #fleet: Fleet;
  #places: readonly Place[] = [];
  #jobs = 0;

  private constructor(ground: Ground, fleet: Fleet) {
    this.#ground = ground;
    this.#fleet = fleet;
  }

  /** Does a job without faults first, to learn where faults may strike. */
  static async over(ground: Ground, fleet: Fleet): Promise<FaultPoints> {
    const torment = new FaultPoints(ground, fleet);
    await overLines(ground, async (lines) => {
      await torment.#job(lines, () => true);
      torment.#places = [...placesOn('source', lines), ...placesOn('destination', lines)];
    });
    return torment;
  }

  async piece(seed: number): Promise<Tally> {
    const random = generator(seed);
    const count = 1 + Math.floor(random() * mostPoints);
    // most jobs must get over all that befalls them
    const mayFail = random() < 0.25;
    const points: FaultPoint[] = [];
    while (points.length < count) {
      const point = chooseFault(this.#places, random);
      if (point.isPassing || mayFail) points.push(point);
    }
    return overLines(this.#ground, async (lines) => {
      const strikes = points.map(({ side, rule }) => lines[side].addRule(rule));
      const struck = (): readonly FaultPoint[] => points.filter((_, at) => (strikes[at]?.() ?? 0) > 0);
      try {
        const hasPassed = await this.#job(lines, () => struck().every((point) => point.isPassing));
        const final = struck().filter((point) => !point.isPassing).length;
        return {
          jobs: 1,
          'fault points': struck().length,
          'not passing': final,
          'jobs told failed': hasPassed ? 0 : 1,
        };
      } catch (thrown) {
        const what = thrown instanceof Error ? thrown.message : String(thrown);
        const texts = struck().map(({ text }) => text);
        throw new Error(`${texts.join(' and ')}: ${what}`, { cause: thrown });
      }
    });
  }

  close(): Promise<void> {
    return this.#ground.ends.close();
  }

  /** Copies everything to a place of its own; true when all of it went well at once, which it must if `mustPass` says so. */
  async #job(lines: Lines, mustPass: () => boolean): Promise<boolean> {
    const prefix = `job-${++this.#jobs}/`;
    const folder = join(this.#ground.folder, prefix);
    const requests = requestsFor(wantedOf(this.#fleet), lines.source.host, lines.destination.host, prefix);
    try {
      const end = await copyJob(requests, { cache: await openCache(folder) }, mostMs);
      assertEachEndedOnce(requests, end);
      const hasPassed = end.summary.ok;
      if (!hasPassed && mustPass()) throw new Error(`not finished without help: ${outcomesOf(end.summary)}`);
      await assertCacheIsTrue(join(folder, 'cache'));
      if (hasPassed) {
        await assertArrived(this.#ground.destination, this.#fleet.images, prefix);
        return true;
      }
      const { results } = end.summary;
      const arrived = wantedOf(this.#fleet).filter((_, at) => results[at]?.outcome === 'copied');
      await assertArrived(this.#ground.destination, arrived, prefix);
      lines.source.clearRules();
      lines.destination.clearRules();
      const again = await copyJob(requests, { cache: await openCache(folder) }, mostMs);
      if (!again.summary.ok) throw new Error(`a second run did not repair it: ${outcomesOf(again.summary)}`);
      await assertArrived(this.#ground.destination, this.#fleet.images, prefix);
      return false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function placesOn(side: keyof Lines, lines: Lines): readonly Place[] {
  const groups = new Map<string, { method: string; path: RegExp; exchanges: Exchange[] }>();
  for (const exchange of lines[side].exchanges) {
    const { method, url } = exchange.request;
    const path = pathKinds.find((kind) => kind.test(url));
    if (path === undefined) continue;
    const key = `${method} ${path.source}`;
    const group = groups.get(key) ?? { method, path, exchanges: [] };
    groups.set(key, group);
    group.exchanges.push(exchange);
  }
  return [...groups.values()].map(({ method, path, exchanges }) => ({
    side,
    method,
    path,
    requestBytes: exchanges.map((one) => one.requestBytes),
    responseBytes: exchanges.map((one) => one.responseBytes),
  }));
}

/** A fault at one of these places, from random numbers. */
function chooseFault(places: readonly Place[], random: () => number): FaultPoint {
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  };
  const { side, method, path, requestBytes, responseBytes } = pick(places);
  const nth = 1 + Math.floor(random() * requestBytes.length);
  const sentBytes = requestBytes[nth - 1] ?? 0;
  const direction = sentBytes > 0 && random() < 0.6 ? 'request' : 'response';
  const bodyBytes = direction === 'request' ? sentBytes : (responseBytes[nth - 1] ?? 0);
  const inside = [0, 1, 511, 65_535, bodyBytes >> 1, bodyBytes - 1, Math.floor(random() * bodyBytes)];
  const within = inside.filter((at) => at >= 0 && at < bodyBytes);
  const atByte = bodyBytes > 0 && random() < 0.8 ? pick([...within, bodyBytes]) : -1;
  const actions: FaultAction[] = [
    { kind: 'reset', atByte },
    { kind: 'end', atByte },
    { kind: 'stall', atByte },
  ];
  if (direction === 'response') {
    actions.push({ kind: 'swallow' }, { kind: 'replace', status: pick(passingStatus), body: 'a moment please' });
    if (bodyBytes > 0) actions.push({ kind: 'end-unlengthed', atByte: Math.max(atByte, 0) });
    if (random() < 0.2) actions.splice(0, actions.length, { kind: 'replace', status: pick(finalStatus), body: '' });
  } else {
    actions.push({ kind: 'answer', status: pick(passingStatus), body: 'a moment please' });
  }
  // a list has no digest that could tell
  const isList = path.test('/tags/list') || path.test('/referrers/');
  if (within.length > 0 && !isList) actions.push({ kind: 'flip', atByte: pick(within) });
  const action = pick(actions);
  const isFinal = action.kind === 'replace' && finalStatus.includes(action.status ?? 0);
  // a manifest that is changed on its way in may be taken for another one: loud is enough
  const isForged = action.kind === 'flip' && direction === 'request' && path.test('/manifests/');
  const text = `${JSON.stringify(action)} at ${side}, ${direction} of ${method} ${path.source} number ${nth} of ${bodyBytes} bytes`;
  const rule: FaultRule = { method, path, direction, nth, action };
  return { side, rule, isPassing: !isFinal && !isForged, text };
}
