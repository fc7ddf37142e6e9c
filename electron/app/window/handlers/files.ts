import type { fileCommands } from '../../../contract/files.ts';
import { isAuthText, readImageList } from '../../../engine/engine.ts';
import type { OutputOf } from '../../../contract/commands.ts';
import type { HandlersOf } from '../context.ts';
import { noVariables, readGiven } from '../given-text.ts';
import type { DockerConfigReader } from '../parts.ts';
import { shownFindings } from '../shown.ts';
import { readSyncText } from '../sync-text.ts';

type Names = keyof typeof fileCommands;

/** Volumes of a bundle are numbered behind their ending. */
const bundleName = /\.(?:tar|tgz|ferry)(?:\.gz|\.\d+)?$/i;

/** Commands about files. */
export const fileHandlers: HandlersOf<Names> = {
  'files.pick': (request, { parts, signal }) => parts.files.pick(request, signal),
  'files.list': (request, { parts, signal }) => parts.files.list(request, signal),
  'files.read': async (given, { parts, signal }) => {
    if ('handle' in given) {
      const { name } = await parts.files.open(given.handle, signal);
      if (bundleName.test(name)) return { kind: 'bundle', findings: [] };
    }
    const { text } = await readGiven(given, parts.files, signal);
    return kindOfText(text, parts.dockerConfig);
  },
};

/** What a text is, by what can be made of it. */
function kindOfText(text: string, dockerConfig: DockerConfigReader): OutputOf<'files.read'> {
  if (isDockerConfig(text, dockerConfig)) return { kind: 'docker-config', findings: [] };
  const list = readImageList(text, noVariables);
  if (list.images.length > 0)
    return { kind: 'image-list', images: list.images.length, findings: shownFindings(list.findings) };
  const { rules, findings } = readSyncText(text);
  if (rules.length > 0) return { kind: 'image-syncer', rules: rules.length, findings: shownFindings(findings) };
  if (isAuthText(text)) return { kind: 'image-syncer-auth', findings: [] };
  return { kind: 'unknown', findings: shownFindings(list.findings) };
}

function isDockerConfig(text: string, read: DockerConfigReader): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    return read(text).length > 0;
  } catch {
    return false;
  }
}
