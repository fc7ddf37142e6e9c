import { type Client, ContractError, type FeedListener, type OpenFeed } from '../../electron/contract/client.ts';
import type { CommandName, InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { Answer } from '../../electron/contract/envelope.ts';
import type { ErrorKind, Failure } from '../../electron/contract/errors.ts';
import type { FeedName, ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';
import { FeedReader } from './feed-reader.ts';
import { FeedStream, type StreamEvent } from './feed-stream.ts';

interface Heard {
  readonly name: FeedName;
  readonly scope: unknown;
  readonly take: (snapshot: Readonly<Record<string, unknown>>) => void;
  readonly fail: (failure: Failure) => void;
  reader: FeedReader;
}

/** Who hears how the line to the server is. */
export interface LineListener {
  readonly broke: (isBroken: boolean) => void;
  /** The session is over. */
  readonly ended: () => void;
}

/** A client over the loopback server that served this page. */
export class HttpClient implements Client {
  private readonly token: string;
  private readonly line: LineListener;
  private readonly heard = new Map<string, Heard>();
  private stream: FeedStream | undefined;
  private count = 0;

  constructor(token: string, line: LineListener) {
    this.token = token;
    this.line = line;
  }

  async call<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const answer = await this.post<OutputOf<Name>>(`/api/call/${name}`, input);
    if (!answer.ok) throw new ContractError(answer.failure);
    return answer.value;
  }

  feed<Name extends FeedName>(name: Name, scope: ScopeOf<Name>, listener: FeedListener<Name>): OpenFeed {
    this.count++;
    const id = `f${this.count}`;
    this.heard.set(id, {
      name,
      scope,
      reader: new FeedReader(),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what comes under this id is of that feed
      take: (snapshot) => listener.changed(snapshot as SnapshotOf<Name>),
      fail: (failure) => listener.failed?.(failure),
    });
    this.stream ??= this.openStream();
    this.stream.send([{ feed: id, name, scope }], []);
    return {
      close: () => {
        if (this.heard.delete(id)) this.stream?.send([], [id]);
      },
    };
  }

  private openStream(): FeedStream {
    return new FeedStream({
      post: async (body, signal) => await this.request('/api/feed', body, signal),
      took: (event) => this.take(event),
      /** After a broken line every feed begins again. */
      opened: () => {
        const all = [...this.heard].map(([feed, { name, scope }]) => ({ feed, name, scope }));
        for (const entry of this.heard.values()) entry.reader = new FeedReader();
        return all;
      },
      broke: (isBroken) => this.line.broke(isBroken),
      ended: () => this.line.ended(),
    });
  }

  private take(event: StreamEvent): void {
    const entry = this.heard.get(event.feed);
    if (entry === undefined) return;
    if ('failure' in event) {
      entry.fail(event.failure);
      return;
    }
    const step = entry.reader.read(event.message);
    if (step.kind === 'show') entry.take(step.snapshot);
    if (step.kind === 'hole') this.stream?.send([{ feed: event.feed, name: entry.name, scope: entry.scope }], []);
  }

  private async post<Value>(path: string, body: unknown): Promise<Answer<Value>> {
    let response: Response;
    try {
      response = await this.request(path, body);
    } catch {
      throw new ContractError(lineFailure('unreachable', path, 'the engine on this machine does not answer'));
    }
    if (response.status === 401) this.line.ended();
    if (!response.ok) {
      const kind = response.status === 401 ? 'unauthorized' : response.status === 413 ? 'invalid' : 'unavailable';
      throw new ContractError(lineFailure(kind, path, `the engine on this machine answered ${response.status}`));
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine made it by the command's schema
    return (await response.json()) as Answer<Value>;
  }

  private async request(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    // oxlint-disable-next-line no-restricted-globals -- the window's own line to its engine
    return await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function lineFailure(kind: ErrorKind, subject: string, message: string): Failure {
  return { kind, side: 'local', op: 'window.call', subject, message, remedy: '', codes: [] };
}
