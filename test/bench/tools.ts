import { crane } from './tool-crane.ts';
import { ferry } from './tool-ferry.ts';
import { imageSyncer } from './tool-image-syncer.ts';
import { regclient } from './tool-regclient.ts';
import { skopeo } from './tool-skopeo.ts';
import type { Command } from './measure.ts';

/** What is to be copied, between which hosts. */
export interface CopyTask {
  readonly asks: 'image' | 'repository' | 'list';
  /** `127.0.0.1:PORT` */
  readonly source: string;
  readonly destination: string;
  /** `repository:tag`, the same at both ends. */
  readonly names: readonly string[];
  /** A folder for files that a tool wants. */
  readonly folder: string;
  /** Where a tool may keep what it needs to go on after it was killed. */
  readonly kept?: string;
  /** Images at a time, where a tool can be told. */
  readonly concurrency: number;
}

/** A program that copies images. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** How it is told what to do; undefined if it has no way to do that. */
  command(task: CopyTask): Command | undefined;
  /** One line on how it is called, for the report. */
  readonly remark: string;
}

/** A tool, or why it is not there. */
export type FoundTool = Tool | { readonly name: string; readonly reason: string };

/** Ours, and the peers that were asked for: built where they must be; undefined asks for all. */
export function findTools(peers: readonly string[] | undefined): readonly FoundTool[] {
  const known: Readonly<Record<string, () => FoundTool>> = { skopeo, crane, regclient, 'image-syncer': imageSyncer };
  const wanted = peers ?? Object.keys(known);
  const found = wanted.map((name) => known[name]?.() ?? { name, reason: 'no such peer' });
  return [ferry(), ...found];
}

/** True for a tool that is there. */
export function isThere(tool: FoundTool): tool is Tool {
  return 'command' in tool;
}

/** The repositories of the names, each once. */
export function repositoriesOf(task: CopyTask): readonly string[] {
  return [...new Set(task.names.map((name) => name.slice(0, name.lastIndexOf(':'))))];
}
