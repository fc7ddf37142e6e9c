/** What was counted in some cases of a column, by name. */
export type Tally = Readonly<Record<string, number>>;

/** A torment that stands ready. */
export interface Torment {
  /** Does one case or a few, chosen by the seed. Rejects when an invariant does not hold; says what was seen otherwise. */
  piece(seed: number): Promise<Tally>;
  /** Ends what it started and deletes what it wrote; harmless when repeated. */
  close(): Promise<void>;
}

/** One way to torment a copy. */
export interface Column {
  readonly name: string;
  /** The entry of a tally that says how many cases there were. */
  readonly unit: string;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly missing?: string | undefined;
  /** Only when it is asked for by name: it takes long or much room. */
  readonly isHeavy?: boolean;
  open(): Promise<Torment>;
}

/** Both together; a name that begins with `most` keeps the larger one. */
export function addTally(a: Tally, b: Tally): Tally {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = sum[name] ?? 0;
    sum[name] = name.startsWith('most') ? Math.max(before, value) : before + value;
  }
  return sum;
}

/** The seed of random cases; SEED takes another. */
export const tortureSeed: number = Number(process.env['SEED'] ?? 20_261_121);

/** Does pieces until `cases` of the column's unit are done; a piece that fails is told with its seed. */
export async function runCases(column: Column, cases: number, firstSeed: number): Promise<Tally> {
  const torment = await column.open();
  let tally: Tally = {};
  try {
    for (let seed = firstSeed; (tally[column.unit] ?? 0) < cases; seed++) {
      tally = addTally(tally, await seeded(column, torment, seed));
    }
  } finally {
    await torment.close();
  }
  return tally;
}

/** One piece; its failure names the column and the seed. */
export async function seeded(column: Column, torment: Torment, seed: number): Promise<Tally> {
  try {
    return await torment.piece(seed);
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`${column.name}, SEED=${seed}: ${what}`, { cause: thrown });
  }
}
