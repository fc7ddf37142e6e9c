import type { Dispatcher } from 'undici';
import { type ConnectOptions, Connector } from './connect.ts';
import type { Clock } from '../../kernel/clock.ts';
import { Call, Line, LineClosedError, type LineOwner } from './line.ts';

/** How connections to one origin are kept. */
export interface LinesOptions {
  /** How long a connection is kept while nothing is asked, in milliseconds. */
  readonly idleMs: number;
  readonly mostHeadBytes: number;
  /** Told of every new connection. */
  readonly onConnect: () => void;
}

/** After a connection turned out to be closed by the other side, so many requests take a new one. */
const freshOnes = 10;

/** Where every socket reads to: what was read is used or copied before the next one reads. */
const landing: Buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Connections to one origin, straight and by HTTP/1.1: a request takes one that rests, or a new one. It does what undici's Agent
 * does, for a third of the time a request costs there; proxies stay with undici.
 */
export class Lines implements LineOwner {
  readonly host: string;
  readonly mostHeadBytes: number;
  readonly #options: LinesOptions;
  readonly #connector: Connector;
  readonly #clock: Clock;
  readonly #lines = new Map<unknown, Line>();
  /** What gives up those that are being opened. */
  readonly #opening = new Set<(reason: Error) => void>();
  /** Those that rest, the last used last. */
  readonly #resting: { readonly line: Line; readonly untilMs: number }[] = [];
  #sweep: { cancel(): void } | undefined;
  #isDestroyed = false;
  #fresh = 0;

  constructor(url: URL, connect: ConnectOptions, options: LinesOptions) {
    const lines = this.#lines;
    this.host = url.host;
    this.mostHeadBytes = options.mostHeadBytes;
    this.#options = options;
    this.#clock = connect.clock;
    this.#connector = new Connector(url, connect, {
      buffer: landing,
      callback(this: unknown, sizeBytes: number) {
        lines.get(this)?.read(landing.subarray(0, sizeBytes));
        return true;
      },
    });
  }

  /** Sends a request over one of the connections; its handler hears of everything. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const call = new Call(options, handler);
    const line = this.#fresh > 0 ? undefined : this.#rested();
    if (this.#fresh > 0) this.#fresh--;
    if (line !== undefined) line.begin(call);
    else this.#open(call);
    return true;
  }

  /** Ends every connection, and what is on them. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    this.#sweep?.cancel();
    for (const giveUp of this.#opening) giveUp(new LineClosedError('given up here'));
    for (const line of this.#lines.values()) line.destroy(new LineClosedError('given up here'));
  }

  free(line: Line): void {
    const { idleMs } = this.#options;
    const untilMs = this.#clock.monotonicMs() + Math.min(idleMs, line.keptMs);
    this.#resting.push({ line, untilMs });
    line.socket.unref();
    this.#sweep ??= this.#clock.schedule(idleMs, () => this.#sweepOut());
  }

  gone(line: Line): void {
    this.#lines.delete(line.socket);
    const at = this.#resting.findIndex((rest) => rest.line === line);
    if (at >= 0) this.#resting.splice(at, 1);
  }

  /**
   * Some gateways close connections as soon as they rest, and a request that crosses the end is lost; one with a body that flows
   * cannot be sent again from here, so its next try shall not meet the same.
   */
  foundStale(): void {
    this.#fresh = freshOnes;
  }

  #rested(): Line | undefined {
    for (;;) {
      const last = this.#resting.pop();
      if (last === undefined) return undefined;
      const { line, untilMs } = last;
      if (untilMs > this.#clock.monotonicMs() && line.socket.writable) {
        line.socket.ref();
        return line;
      }
      line.destroy(new LineClosedError('it rested for too long'));
    }
  }

  #open(call: Call): void {
    const giveUp = this.#connector.open((error, socket) => {
      this.#opening.delete(giveUp);
      if (error !== undefined) return call.fail(error);
      this.#options.onConnect();
      const line = new Line(socket, this);
      this.#lines.set(socket, line);
      line.begin(call);
    });
    this.#opening.add(giveUp);
    if (this.#isDestroyed) giveUp(new LineClosedError('given up here'));
  }

  #sweepOut(): void {
    this.#sweep = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const { line } of this.#resting.filter(({ untilMs }) => untilMs <= nowMs))
      line.destroy(new LineClosedError('it rested for too long'));
    if (this.#resting.length > 0) this.#sweep = this.#clock.schedule(this.#options.idleMs, () => this.#sweepOut());
  }
}
