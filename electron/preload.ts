import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Answer } from './contract/envelope.ts';
import type { Failure } from './contract/errors.ts';
import type { FeedMessage } from './contract/feed-message.ts';

// The page gets these functions and nothing else of what is here (S-IPC-1).

type Told = { readonly message: FeedMessage } | { readonly failure: Failure };
type OpenedFile = { readonly handle: string; readonly name: string };
/** What comes down: of a feed of this load of the page, or a file that a person opened from outside. */
type Line = ({ readonly stream: string; readonly feed: string } & Told) | { readonly opened: OpenedFile };

/** The name of this load: what was meant for the page before is not for this one. */
const stream = crypto.randomUUID();
const heardBy = new Map<string, (told: Told) => void>();
let count = 0;
let openedEarly: OpenedFile[] = [];
let openedBy: ((file: OpenedFile) => void) | undefined;

ipcRenderer.on('feed', (_, line: Line) => {
  if ('opened' in line) {
    if (openedBy === undefined) openedEarly.push(line.opened);
    else openedBy(line.opened);
  } else if (line.stream === stream) {
    heardBy.get(line.feed)?.('failure' in line ? { failure: line.failure } : { message: line.message });
  }
});

function call(name: string, input: unknown): Promise<Answer<unknown>> {
  return ipcRenderer.invoke('call', { name, input });
}

/** Gives what ends the feed. */
function feed(name: string, scope: unknown, heard: (told: Told) => void): () => void {
  count++;
  const feed = `f${count}`;
  heardBy.set(feed, heard);
  change({ stream, add: [{ feed, name, scope }], remove: [] });
  return () => {
    if (heardBy.delete(feed)) change({ stream, add: [], remove: [feed] });
  };
}

/** The handle of a file that was dropped; undefined where it may not be had. */
async function handleOf(file: File): Promise<OpenedFile | undefined> {
  const dropped = webUtils.getPathForFile(file);
  // a file that a page made has no path
  if (dropped === '') return undefined;
  const answer: Answer<OpenedFile | null> = await ipcRenderer.invoke('call', { dropped });
  return answer.ok ? (answer.value ?? undefined) : undefined;
}

/** Hears of files that a person opened from outside, those before the page was there first. */
function opened(heard: (file: OpenedFile) => void): void {
  openedBy = heard;
  for (const file of openedEarly) heard(file);
  openedEarly = [];
}

function change(request: object): void {
  void ipcRenderer.invoke('feed', request);
}

contextBridge.exposeInMainWorld('ferry', { call, feed, handleOf, opened });
