import type { FakeWebContents } from './web-contents.ts';

/** What draws pages: nothing in memory, a browser in the stand-in. */
export interface PageMaker {
  /** Before the app is ready. */
  start(profile: string): Promise<void>;
  /** A page for new contents; its events come through the contents. */
  open(contents: FakeWebContents): DrawnPage;
  /** After the last window. */
  stop(): Promise<void>;
}

/** One page that is drawn. */
export interface DrawnPage {
  load(url: string): Promise<void>;
  /** Gives a message to the preload. */
  send(channel: string, line: unknown): void;
  close(): Promise<void>;
  /** Lets the page's process crash. */
  crash(): void;
}

/** Pages that only know where they are. */
const noPages: PageMaker = {
  start: () => Promise.resolve(),
  open: (contents) => ({
    load: (url) => {
      contents.arrive(url);
      contents.emit('did-finish-load');
      return Promise.resolve();
    },
    send: (channel, line) => void contents.emit('sent', channel, structuredClone(line)),
    close: () => Promise.resolve(),
    crash: () => void contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }),
  }),
  stop: () => Promise.resolve(),
};

/** What a test sets before the program starts, and while it runs. */
export const control: {
  pages: PageMaker;
  isPackaged: boolean;
  /** False for a second start. */
  isFirst: boolean;
  locale: string;
  /** What keeps keys on Linux, and whether anything does. */
  keys: { backend: string; isAvailable: boolean };
  /** What a person answers to the next questions: the number of the button; 0 beyond. */
  readonly answers: number[];
  /** The files that a person chooses next. */
  readonly choices: string[][];
  hasTray: boolean;
  /** The machine's answer in the words of proxy auto-configuration. */
  proxy: string;
} = {
  pages: noPages,
  isPackaged: false,
  isFirst: true,
  locale: 'en-US',
  keys: { backend: 'gnome_libsecret', isAvailable: true },
  answers: [],
  choices: [],
  hasTray: true,
  proxy: 'DIRECT',
};
