import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const top = fileURLToPath(new URL('../../../', import.meta.url));

interface Source {
  readonly path: string;
  readonly tree: ts.SourceFile;
}

/** Where a rule is broken: `path: what`. */
type Rule = (sources: readonly Source[]) => readonly string[];

function parse(path: string, text: string): Source {
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true) };
}

function sourcesBelow(folder: string): readonly Source[] {
  return readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => parse(join(folder, name), readFileSync(join(top, folder, name), 'utf8')));
}

function nodesOf<Node extends ts.Node>({ tree }: Source, is: (node: ts.Node) => node is Node): readonly Node[] {
  const found: Node[] = [];
  const walk = (node: ts.Node): void => {
    if (is(node)) found.push(node);
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return found;
}

const isOwn = (path: string): boolean =>
  path.startsWith('electron/shells/desktop/') || path === 'electron/main.ts' || path === 'electron/preload.ts';

/** Every place that says something, as code and not as a comment. */
const saying =
  (what: RegExp, isAllowed: (path: string) => boolean = () => false): Rule =>
  (sources) =>
    sources.flatMap((source) =>
      nodesOf(
        source,
        (node): node is ts.Identifier | ts.StringLiteral | ts.NoSubstitutionTemplateLiteral =>
          ts.isIdentifier(node) || ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node),
      )
        .filter(({ text }) => what.test(text) && !isAllowed(source.path))
        .map(({ text }) => `${source.path}: ${text}`),
    );

const at =
  (...paths: readonly string[]) =>
  (path: string): boolean =>
    paths.some((each) => path.endsWith(each));

const importsElectron: Rule = (sources) =>
  sources.flatMap((source) =>
    nodesOf(source, ts.isStringLiteral)
      .filter(
        ({ text, parent }) =>
          /^electron(?:\/|$)/.test(text) && (ts.isImportDeclaration(parent) || ts.isCallExpression(parent)),
      )
      .filter(() => !isOwn(source.path))
      .map(({ text }) => `${source.path}: ${text}`),
  );

const windowsMade: Rule = (sources) =>
  sources.flatMap((source) =>
    nodesOf(source, ts.isNewExpression)
      .filter(({ expression }) =>
        /^(?:BrowserWindow|BaseWindow|WebContentsView|BrowserView)$/.test(expression.getText()),
      )
      .map(() => source.path),
  );

/** The page gets functions that are written out, by an object that is written out. */
const exposes: Rule = (sources) =>
  sources.flatMap((source) => {
    const functions = new Set(nodesOf(source, ts.isFunctionDeclaration).map(({ name }) => name?.text));
    return nodesOf(source, ts.isCallExpression)
      .filter(({ expression }) => expression.getText().startsWith('contextBridge.'))
      .flatMap(({ arguments: given }) => {
        const [, object] = given;
        if (object === undefined || !ts.isObjectLiteralExpression(object)) return [`${source.path}: no object`];
        return object.properties
          .filter((member) => !ts.isShorthandPropertyAssignment(member) || !functions.has(member.name.text))
          .map((member) => `${source.path}: ${member.getText()}`);
      });
  });

/** Channels are named where they are used, so no page can choose one. */
const channelsUsed: Rule = (sources) =>
  sources.flatMap((source) =>
    nodesOf(source, ts.isPropertyAccessExpression)
      .filter(({ expression }) => expression.getText() === 'ipcRenderer')
      .flatMap(({ name, parent }) => {
        const [channel] = ts.isCallExpression(parent) ? parent.arguments : [];
        const isPlain = channel !== undefined && ts.isStringLiteral(channel) && ['call', 'feed'].includes(channel.text);
        return isPlain && ['invoke', 'on'].includes(name.text)
          ? []
          : [`${source.path}: ${parent.getText().slice(0, 60)}`];
      }),
  );

interface Case {
  readonly name: string;
  readonly rule: Rule;
  /** What breaks it, put into a file. */
  readonly planted: readonly (readonly [path: string, text: string])[];
}

const desktop = 'electron/shells/desktop/planted.ts';

const rules: readonly Case[] = [
  {
    name: 'electron is imported by its shell and its two entries only',
    rule: importsElectron,
    planted: [
      ['electron/app/planted.ts', "import { app } from 'electron';"],
      ['renderer/planted.ts', "import { ipcRenderer } from 'electron/renderer';"],
      ['electron/shells/web/planted.ts', "const { shell } = require('electron');"],
    ],
  },
  {
    name: 'S-SHELL-9: the program registers for no scheme of the system',
    rule: saying(/AsDefaultProtocolClient|^open-url$/),
    planted: [[desktop, "app.setAsDefaultProtocolClient('ferry');"]],
  },
  {
    name: 'S-SHELL-15, S-PKG-1: no crash reporter, no update, no tracing, no dictionary, no debugger',
    rule: saying(
      /^(?:crashReporter|autoUpdater|contentTracing|netLog|inAppPurchase|setSpellCheckerDictionaryDownloadURL|debugger|openDevTools|pushNotifications)$/,
    ),
    planted: [
      [desktop, "import { crashReporter } from 'electron';"],
      [desktop, 'window.webContents.openDevTools();'],
    ],
  },
  {
    name: 'S-SHELL-3, 5: nothing widens the scheme or its policy',
    rule: saying(
      /^(?:corsEnabled|supportFetchAPI|bypassCSP|allowServiceWorkers|allowExtensions)$|unsafe-(?:inline|eval)|wasm-unsafe/,
    ),
    planted: [
      [desktop, 'const privileges = { corsEnabled: true };'],
      [desktop, 'const policy = "script-src \'unsafe-inline\'";'],
    ],
  },
  {
    name: 'S-SHELL-8: links and folders go by one file',
    rule: saying(
      /^(?:openExternal|showItemInFolder|openPath|readShortcutLink|writeShortcutLink|trashItem)$/,
      at('desktop/outside.ts'),
    ),
    planted: [[desktop, 'void shell.openExternal(url);']],
  },
  {
    name: 'S-SHELL-8: nothing is opened as a program',
    rule: saying(/^(?:openPath|trashItem)$/),
    planted: [['electron/shells/desktop/outside.ts', 'void shell.openPath(path);']],
  },
  {
    name: 'S-IPC-2: channels are answered in one file',
    rule: saying(/^(?:ipcMain|MessageChannelMain)$/, at('desktop/ipc.ts')),
    planted: [[desktop, "ipcMain.handle('other', () => {});"]],
  },
  {
    name: 'S-IPC-1: no word to the program but by the two channels, and ipcRenderer goes nowhere',
    rule: channelsUsed,
    planted: [
      ['electron/preload.ts', 'const invoke = (channel: string) => ipcRenderer.invoke(channel);'],
      ['electron/preload.ts', "ipcRenderer.sendSync('call');"],
      ['electron/preload.ts', "ipcRenderer.on('other', () => {});"],
    ],
  },
  {
    name: 'S-IPC-1: ipcRenderer is in the preload only',
    rule: saying(/^ipcRenderer$/, at('electron/preload.ts')),
    planted: [['renderer/planted.ts', 'const { ipcRenderer } = window;']],
  },
  {
    name: 'S-IPC-1: the page gets functions by their names',
    rule: exposes,
    planted: [
      ['electron/preload.ts', "contextBridge.exposeInMainWorld('x', { ipcRenderer });"],
      ['electron/preload.ts', "contextBridge.exposeInMainWorld('x', ipcRenderer);"],
      ['electron/preload.ts', "contextBridge.exposeInMainWorld('x', { call: ipcRenderer.invoke });"],
      ['electron/preload.ts', "contextBridge.exposeInMainWorld('x', { ...everything });"],
    ],
  },
  {
    name: 'S-CRED-5: the key store is asked in one file, and never in the way that goes away',
    rule: (sources) => [
      ...saying(/^safeStorage$/, at('desktop/key-wrapper.ts'))(sources),
      ...saying(/^(?:encryptString|decryptString|isEncryptionAvailable|setUsePlainTextEncryption)$/)(sources),
    ],
    planted: [
      [desktop, 'safeStorage.encryptStringAsync(text);'],
      ['electron/shells/desktop/key-wrapper.ts', 'safeStorage.setUsePlainTextEncryption(true);'],
    ],
  },
];

const sources = [...sourcesBelow('electron'), ...sourcesBelow('renderer')];

describe('the sources', () => {
  test.each(rules)('$name', ({ rule }) => {
    expect(rule(sources)).toEqual([]);
  });

  test.each(rules.flatMap(({ name, rule, planted }) => planted.map(([path, text]) => ({ name, rule, path, text }))))(
    'found when planted: $text',
    ({ rule, path, text }) => {
      expect(rule([parse(path, text)])).not.toEqual([]);
    },
  );

  test('S-SHELL-1: one place makes windows', () => {
    expect(windowsMade(sources)).toEqual(['electron/shells/desktop/window.ts']);
    expect(windowsMade([parse(desktop, 'new BrowserWindow({}); new WebContentsView();')])).toHaveLength(2);
  });

  test('S-SHELL-2: the sandbox is asked for before the app is ready', () => {
    expect(saying(/^enableSandbox$/)(sources)).toEqual(['electron/shells/desktop/run-desktop.ts: enableSandbox']);
  });
});
