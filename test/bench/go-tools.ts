import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that is built from a Go module when it is first needed. */
export interface GoTool {
  readonly module: string;
  readonly version: string;
  /** The package, relative to the module; empty for its root. */
  readonly package: string;
  /** True to build the tests of the package instead. */
  readonly isTest?: boolean;
}

/** Where a built program is, or why there is none. */
export type BuiltTool = { readonly path: string } | { readonly reason: string };

/** All that is built from Go modules, and in which version. */
export const goTools = {
  crane: { module: 'github.com/google/go-containerregistry', version: 'v0.22.1', package: '/cmd/crane' },
  regctl: { module: 'github.com/regclient/regclient', version: 'v0.11.7', package: '/cmd/regctl' },
  regsync: { module: 'github.com/regclient/regclient', version: 'v0.11.7', package: '/cmd/regsync' },
  'image-syncer': { module: 'github.com/AliyunContainerService/image-syncer', version: 'v1.5.5', package: '' },
  // The suite has no releases of its own: this is how it stood with distribution-spec v1.1.1.
  conformance: {
    module: 'github.com/opencontainers/distribution-spec/conformance',
    version: 'v0.0.0-20250220192232-583e014d1541',
    package: '',
    isTest: true,
  },
} as const satisfies Readonly<Record<string, GoTool>>;

/** The folder outside the checkout that keeps what was built. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'image-ferry-bench');
}

/** Getting sources may hang where there is no network; compiling a large program on a small machine takes minutes. */
const [lookMs, buildMs] = [120_000, 480_000];

/** Builds a tool, or finds it built; never throws. */
export function buildGoTool(name: keyof typeof goTools): BuiltTool {
  const tool: GoTool = goTools[name];
  const path = join(cacheFolder(), 'bin', `${name}-${tool.version}`);
  if (existsSync(path)) return { path };
  const work = join(cacheFolder(), 'work', `${name}-${process.pid}`);
  try {
    mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
    mkdirSync(work, { recursive: true });
    // `go install` would do, if it did not first ask the proxy for a module that is named like the package.
    const built = join(work, name);
    const build = tool.isTest === true ? ['test', '-c', '-vet=off'] : ['build', '-trimpath'];
    const reason =
      failureOf(go(work, 'version')) ??
      failureOf(go(work, 'mod', 'init', 'image-ferry/bench')) ??
      failureOf(go(work, 'get', `${tool.module}@${tool.version}`)) ??
      failureOf(go(work, ...build, '-mod=mod', '-o', built, `${tool.module}${tool.package}`));
    if (reason !== undefined) return { reason };
    renameSync(built, path);
    return { path };
  } catch (thrown) {
    return { reason: String(thrown) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function go(folder: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const timeout = args[0] === 'get' ? lookMs : buildMs;
  return spawnSync('go', args, { cwd: folder, encoding: 'utf8', timeout });
}

function failureOf(run: SpawnSyncReturns<string>): string | undefined {
  if (run.status === 0) return undefined;
  if (run.error !== undefined)
    return 'code' in run.error && run.error.code === 'ENOENT' ? 'go is not installed' : run.error.message;
  const lines = run.stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'));
  // Where the module would come from is the machine's affair.
  return lines
    .join(' ')
    .replaceAll(/https?:\/\/\S+/g, 'the module proxy')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300);
}
