import type { FakeApp } from './app.ts';

type Scheme = { readonly scheme: string; readonly privileges?: Readonly<Record<string, boolean>> };

/** Schemes of the program. */
export class FakeProtocol {
  readonly schemes = new Map<string, Readonly<Record<string, boolean>>>();
  readonly handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  readonly #app: FakeApp;

  constructor(app: FakeApp) {
    this.#app = app;
  }

  registerSchemesAsPrivileged(schemes: readonly Scheme[]): void {
    this.#app.mustBeEarly('registerSchemesAsPrivileged');
    for (const { scheme, privileges = {} } of schemes) this.schemes.set(scheme, privileges);
  }

  handle(scheme: string, answerer: (request: Request) => Response | Promise<Response>): void {
    this.#app.mustBeReady('protocol.handle');
    this.handlers.set(scheme, answerer);
  }
}
