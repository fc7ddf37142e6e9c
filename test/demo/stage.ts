import { startDock } from '../../electron/engine/dock/server.ts';
import { memoryLibrary } from '../../electron/engine/content/memory-library.ts';
import { startDockerRegistry } from '../fakes/peers.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { fullAccess } from '../fakes/token-access.ts';
import { fillShelf, type ShelfItem } from './shelf.ts';

/** Two registries: a source with images, one of them behind a token, and a destination with nothing. */
export interface Stage {
  readonly kind: string;
  /** `host:port` */
  readonly source: string;
  readonly destination: string;
  close(): Promise<void>;
}

/** Who may pull `private/…` at the source. */
export const clerk = { user: 'clerk', password: 'paper-and-ink' } as const;

/** The stage on our own docks, in this process. */
export async function dockStage(shelf: readonly ShelfItem[]): Promise<Stage> {
  const library = memoryLibrary();
  const open = await startDock({ library, writable: true });
  await fillShelf(open.url, shelf, true);
  await open.close();
  const source = await startDock({
    library,
    bearer: {
      users: { [clerk.user]: clerk.password },
      grant: (user, scope) =>
        user !== undefined || scope.name.startsWith('demo/') ? scope.actions.filter((action) => action === 'pull') : [],
    },
  });
  const destination = await startDock({ library: memoryLibrary(), writable: true, catalog: true });
  return {
    kind: 'our own dock',
    source: source.host,
    destination: destination.host,
    close: async () => {
      await source.close();
      await destination.close();
    },
  };
}

/** The stage on two real docker-registry processes and a token server. */
export async function dockerRegistryStage(shelf: readonly ShelfItem[]): Promise<Stage> {
  const source = await startDockerRegistry();
  await fillShelf(source.url, shelf, false);
  const token = await startTokenServer({
    users: { [clerk.user]: { password: clerk.password, access: fullAccess } },
    anonymousAccess: [{ name: 'demo/*', actions: ['pull'] }],
  });
  await source.restart({ auth: { token } });
  const destination = await startDockerRegistry();
  return {
    kind: "Debian's docker-registry",
    source: source.host,
    destination: destination.host,
    close: async () => {
      await source.stop();
      await destination.stop();
      await token.close();
    },
  };
}
