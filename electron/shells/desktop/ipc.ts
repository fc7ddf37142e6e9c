import { ipcMain, type WebContents } from 'electron';
import type { Answer } from '../../contract/envelope.ts';
import { failureForWindow, refuseRequest } from '../../app/window/failures.ts';
import type { WindowHost } from '../../app/window/window.ts';
import type { BackEnd } from '../../app/back-end/back-end.ts';
import { channels } from './channels.ts';
import type { ChosenFiles } from './chosen-files.ts';
import { PageLine } from './page-line.ts';
import { isOwnPage, type Sender } from './sender.ts';

/** What the channels are answered with. */
export interface IpcParts {
  readonly host: WindowHost;
  readonly files: ChosenFiles;
  readonly log: BackEnd['logger'];
}

/** Both channels between pages and the program; who is not known here is not heard. */
export class Ipc {
  readonly #parts: IpcParts;
  readonly #lines = new Map<number, PageLine>();

  constructor(parts: IpcParts) {
    this.#parts = parts;
    ipcMain.handle(channels.call.name, (event, ...given: readonly unknown[]) => this.#call(event, given));
    ipcMain.handle(channels.feed.name, (event, ...given: readonly unknown[]) => this.#feed(event, given));
  }

  /** Hears a window's page from now on, until it is gone. */
  attach(contents: WebContents): PageLine {
    const line = new PageLine(this.#parts.host, contents);
    const { id } = contents;
    this.#lines.set(id, line);
    contents.once('destroyed', () => this.#lines.delete(id));
    return line;
  }

  async #call(event: Sender, given: readonly unknown[]): Promise<Answer<unknown>> {
    const line = this.#lineOf(event);
    const request = line && channels.call.read(given);
    if (line === undefined || request === undefined) return this.#refusal(channels.call.name);
    if ('name' in request) return line.call(request.name, request.input);
    const file = await this.#parts.files.dropped(request.dropped);
    return { ok: true, value: file ?? null };
  }

  #feed(event: Sender, given: readonly unknown[]): Answer<unknown> {
    const line = this.#lineOf(event);
    const request = line && channels.feed.read(given);
    if (line === undefined || request === undefined) return this.#refusal(channels.feed.name);
    line.change(request);
    return { ok: true, value: {} };
  }

  #lineOf(event: Sender): PageLine | undefined {
    return isOwnPage(event) ? this.#lines.get(event.sender.id) : undefined;
  }

  /** Says no word of what was sent: it may be anything. */
  #refusal(channel: string): Answer<never> {
    this.#parts.log.log('warn', 'a message of the window was refused', { channel });
    return { ok: false, failure: failureForWindow(refuseRequest('this request was never declared', channel), channel) };
  }
}
