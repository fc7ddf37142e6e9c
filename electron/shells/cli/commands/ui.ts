import { once } from 'node:events';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Language } from '../../../contract/language.ts';
import { failureOfThrown } from '../../../app/errors.ts';
import type { FileDesk, WindowParts } from '../../../app/window/parts.ts';
import type { WindowHost } from '../../../app/window/window.ts';
import { BrowsedFiles } from '../../web/browsed-files.ts';
import { loadPage } from '../../web/page.ts';
import { openInBrowser, writeRedirectFile } from '../../web/redirect-file.ts';
import { WebServer } from '../../web/server.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `ui`. */
export interface UiFlags {
  readonly port: number;
  readonly open: boolean;
  /** Folders that the window may look into; this user's own when none is named. */
  readonly files: readonly string[];
}

/** What a window needs of the shell it is in. */
export interface WindowShell {
  readonly files: FileDesk;
  readonly isDesktop: boolean;
}

/** Everything behind a window, to be closed at the end. */
export interface OpenedWindow {
  readonly window: WindowHost;
  readonly parts: Pick<WindowParts, 'clock' | 'notices'>;
  close(): Promise<void>;
}

/** Where `ui` finds what it does not make itself. */
export interface UiSurroundings {
  readonly openWindow: (shell: WindowShell, signal: AbortSignal) => Promise<OpenedWindow>;
  /** The folder of the built page. */
  readonly page: string;
  /** Enter on it asks for a fresh address. */
  readonly input: Readable;
}

/** What `ui` needs of its command line. */
type UiContext = Pick<CommandContext, 'console' | 'facts' | 'signal'>;

interface UiWords {
  readonly open: string;
  readonly fresh: string;
  readonly noBrowser: string;
  readonly refused: (count: number) => string;
}

const words: Readonly<Record<Language, UiWords>> = {
  en: {
    open: 'Open this address in a browser of this machine; it works once, within a minute:',
    fresh: 'Enter: a fresh address. Ctrl-C: end.',
    noBrowser: 'no browser could be started here',
    refused: (count) =>
      `${count} ${count === 1 ? 'request' : 'requests'} with a wrong code or token ${count === 1 ? 'was' : 'were'} refused in the last minute`,
  },
  'zh-CN': {
    open: '请在本机浏览器中打开此地址；仅可使用一次，一分钟内有效：',
    fresh: '按回车获取新地址，按 Ctrl-C 结束。',
    noBrowser: '无法在本机启动浏览器',
    refused: (count) => `最近一分钟内拒绝了 ${count} 个代码或令牌错误的请求`,
  },
};

/** `ui`: the window in a browser, on loopback, until it is interrupted. */
export async function ui(flags: UiFlags, context: UiContext, around: UiSurroundings): Promise<SummaryFacts> {
  const { console, signal } = context;
  const text = words[console.language];
  const page = await loadPage(around.page);
  const files = await BrowsedFiles.open(flags.files.length > 0 ? flags.files : [homedir()]);
  const opened = await around.openWindow({ files, isDesktop: false }, signal);
  const refused = (count: number): void => {
    if (count % 10 !== 1) return;
    const values = { count: String(count) };
    const said = { text: words.en.refused(count), zh: words['zh-CN'].refused(count) };
    opened.parts.notices.post('refused', { code: 'other', level: 'warning', ...said, values });
    console.warn(text.refused(count));
  };
  const failed = (thrown: unknown): void => console.failure(failureOfThrown(thrown));
  try {
    const { window, parts } = opened;
    const server = await WebServer.start({ window, clock: parts.clock, page, port: flags.port, refused, failed });
    try {
      await tellUntilEnd(server, flags.open, context, around.input);
    } finally {
      await server.close();
    }
  } finally {
    await opened.close();
  }
  return context.facts({ ok: true, failures: [] });
}

/** Prints an address, and another whenever Enter is pressed; resolves when the command is interrupted. */
async function tellUntilEnd(
  server: WebServer,
  opensBrowser: boolean,
  { console, signal }: UiContext,
  input: Readable,
): Promise<void> {
  const text = words[console.language];
  const tell = (): void => {
    const address = server.newAddress();
    console.event('address', { address });
    console.say(text.open);
    console.result(address);
  };
  tell();
  const redirect = opensBrowser ? await writeRedirectFile(server.newAddress()) : undefined;
  if (redirect !== undefined && !(await openInBrowser(redirect.file, process.platform))) console.warn(text.noBrowser);
  console.say(text.fresh);
  const lines = createInterface({ input });
  lines.on('line', tell);
  try {
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    lines.close();
    await redirect?.remove();
  }
}
