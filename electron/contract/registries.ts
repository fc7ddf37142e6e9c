import { z } from 'zod';
import { host, id, line, list, repositoryPath, text } from './bounded.ts';
import { failureShape } from './envelope.ts';
import { type Data, operation } from './operation.ts';

const vendor = z.enum(['harbor', 'docker-hub', 'quay']);

/** A PEM text. */
const pem = text(200_000);

const prefixes = list(repositoryPath, 5000);

/** A registry as the window knows it: never a secret. */
const registryShape = z.strictObject({
  id,
  host,
  name: line(200),
  plainHttp: z.boolean(),
  insecure: z.boolean(),
  /** PEM of a CA trusted for this registry. */
  ca: pem.exactOptional(),
  user: line(255).exactOptional(),
  credential: z.enum(['none', 'session', 'stored']),
  /** Repositories typed or pasted where there is no catalog. */
  prefixes,
  vendor: vendor.exactOptional(),
  rememberDestination: z.boolean().exactOptional(),
});

/** What an operator says of a registry. Without a password the one that is kept stays, unless the user is another. */
const registryDraftShape = z.strictObject({
  id: id.exactOptional(),
  host,
  name: line(200).exactOptional(),
  plainHttp: z.boolean(),
  insecure: z.boolean(),
  ca: pem.exactOptional(),
  user: line(255).exactOptional(),
  password: text(10_000).exactOptional(),
  remember: z.enum(['no', 'session', 'stored']),
  prefixes: prefixes.exactOptional(),
  rememberDestination: z.boolean().exactOptional(),
});

/** One step of trying a registry, in the order they were done. */
const testStep = z.strictObject({
  step: z.enum(['reach', 'tls', 'sign-in', 'catalog', 'pull', 'push']),
  outcome: z.enum(['ok', 'failed', 'unknown', 'skipped']),
  detail: text(2000),
  /** The detail in Chinese; where it is missing the failure says it. */
  zh: text(2000).exactOptional(),
  failure: failureShape.exactOptional(),
});

/** Commands about registries. */
export const registryCommands = {
  'registries.list': operation(z.strictObject({}), list(registryShape, 1000)),
  'registries.save': operation(registryDraftShape, registryShape),
  'registries.remove': operation(z.strictObject({ id }), z.strictObject({})),
  'registries.test': operation(
    z.union([z.strictObject({ id }), z.strictObject({ draft: registryDraftShape })]),
    z.strictObject({
      steps: list(testStep, 20),
      version: line(200).exactOptional(),
      vendor: vendor.exactOptional(),
    }),
  ),
  'registries.importDocker': operation(
    z.strictObject({ text: text(900_000) }),
    z.strictObject({
      found: list(
        z.strictObject({
          host,
          user: line(255).exactOptional(),
          imported: z.boolean(),
          why: text(2000).exactOptional(),
        }),
        1000,
      ),
    }),
  ),
  /** Lets the credentials of a host go to a token realm that was not the one before. */
  'registries.approveRealm': operation(z.strictObject({ host, realm: line(500) }), z.strictObject({})),
} as const;

/** A registry as the window knows it. */
export type Registry = Data<typeof registryShape>;

/** What an operator says of a registry. */
export type RegistryDraft = Data<typeof registryDraftShape>;

/** One step of trying a registry. */
export type RegistryTestStep = Data<typeof testStep>;
