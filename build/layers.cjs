// The edges of the house (electron/README.md): what a folder may import. Everything not listed is forbidden.
const L0 = ['electron/oci/', 'electron/contract/'];
const kernel = [...L0, 'electron/engine/kernel/'];
const L2 = [...kernel, 'electron/engine/ports/', 'electron/engine/content/', 'electron/engine/rules/'];
const engine = (folder) => `electron/engine/${folder}/`;

/** Folder → what it may import besides itself. */
const edges = {
  'electron/oci/': [],
  'electron/contract/': ['electron/oci/'],
  [engine('kernel')]: L0,
  [engine('rules')]: L0,
  [engine('ports')]: [...kernel, engine('rules')],
  [engine('content')]: [...kernel, engine('ports')],
  [engine('http')]: L2,
  [engine('auth')]: [...L2, engine('http')],
  [engine('registry')]: [...L2, engine('http')],
  [engine('vendors')]: [...L2, engine('http'), engine('registry')],
  [engine('cache')]: L2,
  [engine('store')]: L2,
  [engine('bundle')]: L2,
  [engine('vault')]: L2,
  [engine('plan')]: L2,
  [engine('copy')]: [...L2, engine('plan')],
  [engine('library')]: L2,
  [engine('dock')]: L2,
  'electron/engine/engine.ts': [...L0, 'electron/engine/'],
  'electron/engine/options.ts': [...L0, 'electron/engine/'],
  'electron/engine/workspace.ts': [...L0, 'electron/engine/'],
  'electron/engine/carry.ts': [...L0, 'electron/engine/'],
  'electron/engine/carry/': [...L0, 'electron/engine/'],
  'electron/app/': [...L0, 'electron/engine/engine.ts'],
  'electron/shells/': ['electron/contract/', 'electron/app/'],
  'electron/cli.ts': ['electron/shells/', 'package.json'],
  'electron/main.ts': ['electron/shells/', 'electron/app/', 'package.json'],
  'electron/preload.ts': ['electron/contract/'],
  'renderer/': ['electron/contract/', 'electron/oci/'],
};

/** Inside the window: folder → what of the window it may import besides itself and what every one of its folders may. */
const windowEdges = {
  'renderer/app/': ['renderer/features/', 'renderer/state/', 'renderer/transport/'],
  'renderer/features/': ['renderer/state/'],
  'renderer/state/': ['renderer/transport/'],
  'renderer/transport/': [],
  'renderer/ui/': [],
  'renderer/format/': [],
  'renderer/locales/': [],
};
const windowWide = ['renderer/ui/', 'renderer/format/', 'renderer/locales/'];

/** Package → the only folders that may say its name. */
const fences = {
  undici: ['electron/engine/http/'],
  'better-sqlite3': ['electron/engine/store/'],
  electron: ['electron/shells/desktop/', 'electron/main.ts', 'electron/preload.ts'],
  'electron-log': ['electron/shells/log.ts'],
  commander: ['electron/shells/cli/'],
  re2js: ['electron/engine/rules/'],
  semver: ['electron/engine/rules/'],
  picomatch: ['electron/engine/rules/'],
  yaml: ['electron/engine/auth/', 'electron/engine/rules/'],
  zod: ['electron/contract/'],
  '@fluentui': ['renderer/ui/'],
};

const at = (paths) => paths.map((path) => `^${path.replaceAll('.', '\\.')}`).join('|');
/** Node's own modules; the two pure layers may not have them. */
const pure = ['electron/oci/', 'electron/contract/', 'electron/engine/rules/'];

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'pure', severity: 'error', from: { path: at(pure) }, to: { dependencyTypes: ['core'] } },
    ...Object.entries(edges).map(([from, to]) => ({
      name: `layer ${from}`,
      severity: 'error',
      from: { path: at([from]) },
      to: { path: '^(electron|renderer|build|test|package\\.json)', pathNot: at([from, ...to]) },
    })),
    ...Object.entries(fences).map(([name, folders]) => ({
      name: `fence ${name}`,
      severity: 'error',
      from: { pathNot: at(folders) },
      to: { path: `^node_modules/${name}/` },
    })),
    ...Object.entries(windowEdges).map(([from, to]) => ({
      name: `window ${from}`,
      severity: 'error',
      from: { path: at([from]) },
      to: { path: '^renderer/', pathNot: at([from, ...to, ...windowWide]) },
    })),
    {
      name: 'a feature imports no feature',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'every folder has its layer',
      severity: 'error',
      from: { path: '^electron/', pathNot: at(Object.keys(edges)) },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'build/tsconfig.renderer.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json', '.css', '.svg'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
