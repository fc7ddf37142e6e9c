import { EventEmitter } from 'node:events';
import { type FakeFrame, FakeWebContents } from './web-contents.ts';

/** Who sent a message. */
export interface FakeSender {
  readonly sender: FakeWebContents;
  readonly senderFrame: FakeFrame | null;
}

type Answerer = (event: FakeSender, ...given: readonly unknown[]) => unknown;

/** The end of the channels in main. */
export class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, Answerer>();

  handle(channel: string, answerer: Answerer): void {
    if (this.handlers.has(channel)) throw new Error(`a second handler for '${channel}'`);
    this.handlers.set(channel, answerer);
  }

  /** Has a message answered as if a page had sent it; what goes over is a copy. */
  async receive(from: FakeSender, channel: string, ...given: readonly unknown[]): Promise<unknown> {
    const answerer = this.handlers.get(channel);
    if (answerer === undefined) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await answerer(from, ...structuredClone(given)));
  }
}

/** The end of the channels in a page that nothing draws: it speaks for the first window there is. */
export class FakeIpcRenderer extends EventEmitter {
  readonly #main: FakeIpcMain;

  constructor(main: FakeIpcMain) {
    super();
    this.#main = main;
  }

  invoke(channel: string, ...given: readonly unknown[]): Promise<unknown> {
    const [sender] = FakeWebContents.all.values();
    if (sender === undefined) throw new Error('there is no window');
    return this.#main.receive({ sender, senderFrame: sender.mainFrame }, channel, ...given);
  }
}
