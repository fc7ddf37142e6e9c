import { parseArgs } from 'node:util';
import { type CaseId, caseIds, isCaseId } from './cases.ts';

/** What one run of the benchmark is asked to do. */
export interface BenchOptions {
  readonly cases: readonly CaseId[];
  /** Measured rounds; one more, discarded, goes before them. */
  readonly runs: number;
  /** Factor on sizes and counts. */
  readonly scale: number;
  /** Names of peers; undefined for all that can be had. */
  readonly peers: readonly string[] | undefined;
  readonly jsonFile: string | undefined;
  readonly writesMarkdown: boolean;
  /** Where registries keep their files; undefined to choose memory where there is enough. */
  readonly folder: string | undefined;
  /** How long one run of one program may take. */
  readonly runMs: number;
  /** All measured runs of a case together: a tool that has used its share makes no further ones. */
  readonly caseMs: number;
}

/** The text of `--help`. */
export const usage = `npm run bench -- [options]

  --cases a,b,c1,c2,d,e   which cases (all)
  --runs N                measured rounds after one that is discarded (5)
  --scale X               factor on sizes and counts (1)
  --peers skopeo,crane    which peers: skopeo, crane, regclient, image-syncer, or none (all that can be had)
  --json FILE             write every measurement
  --markdown              write the results into test/bench/README.md
  --dir FOLDER            where the registries keep their files (memory where there is enough, else the temporary folder)
  --run-limit SECONDS     one run of one program may take so long (300)
  --case-limit SECONDS    a tool that has used its share of this time makes no further runs in a case (600)
`;

/** Reads the arguments; throws an Error that says what is wrong with them. */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      cases: { type: 'string' },
      runs: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      peers: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      dir: { type: 'string' },
      'run-limit': { type: 'string', default: '300' },
      'case-limit': { type: 'string', default: '600' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    cases: values.cases === undefined ? caseIds : values.cases.split(',').map(readCase),
    runs: readNumber('--runs', values.runs, 1, 100),
    scale: readNumber('--scale', values.scale, 0.0001, 100),
    peers: values.peers === undefined ? undefined : values.peers === 'none' ? [] : values.peers.split(','),
    jsonFile: values.json,
    writesMarkdown: values.markdown,
    folder: values.dir,
    runMs: readNumber('--run-limit', values['run-limit'], 1, 86_400) * 1000,
    caseMs: readNumber('--case-limit', values['case-limit'], 1, 86_400) * 1000,
  };
}

function readCase(text: string): CaseId {
  if (isCaseId(text)) return text;
  throw new Error(`there is no case ${text}; there are ${caseIds.join(', ')}`);
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Error(`${flag} takes a number from ${least} to ${most}`);
}
