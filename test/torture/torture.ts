import process from 'node:process';
import { parseArgs } from 'node:util';
import { addTally, type Column, seeded, type Tally, type Torment } from './column.ts';
import { columnsOf } from './columns.ts';
import { enter, rowOf } from './ledger.ts';

const usage = `npm run torture -- [options]

  --for 30m          how long in all (10m); every column gets its share
  --only a,b         only these columns; heavy ones run only when they are named
  --seed N           the first seed (from the clock)
  --pieces N         so many pieces a column instead of a time
  --soak N           images of the column soak (2000)
  --gib N            size of the layer of the column huge-layer (8)
  --no-record        do not write into the README

A piece that fails says SEED=N; \`--only COLUMN --seed N --pieces 1\` does it again.
`;

interface Wish {
  readonly columns: readonly Column[];
  readonly seed: number;
  readonly forMs: number;
  readonly pieces: number | undefined;
  readonly isRecorded: boolean;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readWish(argv: readonly string[]): Wish | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      for: { type: 'string', default: '10m' },
      only: { type: 'string' },
      seed: { type: 'string' },
      pieces: { type: 'string' },
      soak: { type: 'string', default: '2000' },
      gib: { type: 'string', default: '8' },
      'no-record': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const all = columnsOf({ soak: Number(values.soak), gibibytes: Number(values.gib) });
  const names = values.only?.split(',');
  const columns = all.filter(({ name, isHeavy }) => (names === undefined ? isHeavy !== true : names.includes(name)));
  if (columns.length === 0) throw new Error(`there is ${all.map(({ name }) => name).join(', ')}`);
  const [, amount = '', unit = ''] = /^(\d+)([smh])$/.exec(values.for) ?? [];
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[unit];
  if (unitMs === undefined) throw new Error(`--for ${values.for}: a number and s, m or h`);
  return {
    columns,
    seed: values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed),
    forMs: Number(amount) * unitMs,
    pieces: values.pieces === undefined ? undefined : Number(values.pieces),
    isRecorded: !values['no-record'],
  };
}

/** Runs one column for its share of the time; gives how many pieces failed. */
async function run(column: Column, wish: Wish, endMs: number): Promise<number> {
  if (column.missing !== undefined) {
    say(`${column.name}: skipped, ${column.missing}`);
    return 0;
  }
  const startedMs = performance.now();
  let tally: Tally = {};
  let broken = 0;
  let torment: Torment | undefined;
  const stop = (): void => {
    void torment?.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    torment = await column.open();
    for (
      let done = 0;
      wish.pieces === undefined ? done === 0 || performance.now() < endMs : done < wish.pieces;
      done++
    ) {
      try {
        tally = addTally(tally, await seeded(column, torment, wish.seed + done));
      } catch (thrown) {
        broken++;
        say(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
      }
    }
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await torment?.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const entry = { column: column.name, firstSeed: wish.seed, seconds, broken, tally };
  say(rowOf(entry));
  if (wish.isRecorded) enter([entry]);
  return broken;
}

const wish = readWish(process.argv.slice(2));
if (wish === undefined) say(usage);
else {
  const beganMs = performance.now();
  let broken = 0;
  for (const [at, column] of wish.columns.entries()) {
    const endMs = beganMs + (wish.forMs * (at + 1)) / wish.columns.length;
    broken += await run(column, wish, endMs);
  }
  process.exitCode = broken > 0 ? 1 : 0;
}
