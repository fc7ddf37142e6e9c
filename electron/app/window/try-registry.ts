import type { ErrorKind, Failure } from '../../contract/errors.ts';
import type { OutputOf } from '../../contract/commands.ts';
import type { RegistryTestStep } from '../../contract/registries.ts';
import { failureForWindow } from './failures.ts';
import type { Looks, RegistryEntry, VendorDesk } from './parts.ts';

type Step = RegistryTestStep['step'];
type Tried = Pick<RegistryEntry, 'host' | 'plainHttp' | 'user' | 'namespaces'>;

/** The first of these steps that a failure of a kind belongs to; the steps before it went well. */
const brokenStep: Readonly<Partial<Record<ErrorKind, Step>>> = {
  unreachable: 'reach',
  timeout: 'reach',
  proxy: 'reach',
  unavailable: 'reach',
  tls: 'tls',
  unauthorized: 'sign-in',
};

/** Tries a registry step by step: its list of repositories, then the tags of one of them. Writes nothing, so pushing stays unknown. */
export async function tryRegistry(
  tried: Tried,
  looks: Looks,
  vendors: VendorDesk,
  signal: AbortSignal,
): Promise<OutputOf<'registries.test'>> {
  const { host, namespaces } = tried;
  const catalog = await settled(() => looks.repositories(host, signal), signal);
  const repository = namespaces[0] ?? catalog.value?.repositories[0];
  const pull =
    repository === undefined
      ? undefined
      : await settled(() => looks.tags(`${host}/${repository}`, false, signal), signal);
  // a closed catalog says nothing of the way there when tags can be read
  const failure = pull?.value === undefined ? catalog.failure : undefined;
  const broken = failure && brokenStep[failure.kind];
  const steps = connectionSteps(tried, failure, broken);
  if (broken !== undefined) return { steps: [...steps, ...skipped('catalog', 'pull', 'push')] };
  const known = await settled(() => vendors.identify(host, signal), signal);
  return {
    steps: [
      ...steps,
      stepOf('catalog', catalog, counted(catalog.value?.repositories.length, 'repositories', '个仓库路径')),
      pull === undefined
        ? {
            step: 'pull',
            outcome: 'unknown',
            detail: 'no repository is known to try',
            zh: '没有已知的仓库路径可供测试',
          }
        : stepOf(
            'pull',
            pull,
            counted(pull.value?.tags.length, `tags of ${repository ?? ''}`, `个标签，${repository ?? ''}`),
          ),
      { step: 'push', outcome: 'unknown', detail: 'nothing is written to try', zh: '测试不写入任何内容' },
    ],
    ...known.value,
  };
}

function connectionSteps(
  { plainHttp, user }: Tried,
  failure: Failure | undefined,
  broken: Step | undefined,
): readonly RegistryTestStep[] {
  const order: readonly Step[] = ['reach', 'tls', 'sign-in'];
  const brokenAt = broken === undefined ? order.length : order.indexOf(broken);
  return order.map((step, at): RegistryTestStep => {
    if (at === brokenAt && failure !== undefined) return { step, outcome: 'failed', detail: failure.message, failure };
    if (at > brokenAt) return { step, outcome: 'skipped', detail: '' };
    if (step === 'tls' && plainHttp) return { step, outcome: 'skipped', detail: 'plain http', zh: '明文 http' };
    if (step === 'sign-in' && user === undefined)
      return { step, outcome: 'skipped', detail: 'anonymous', zh: '匿名访问' };
    return { step, outcome: 'ok', detail: '' };
  });
}

function skipped(...steps: readonly Step[]): readonly RegistryTestStep[] {
  return steps.map((step) => ({ step, outcome: 'skipped', detail: '' }));
}

/** How many there are, in both languages. */
function counted(count: number | undefined, what: string, zh: string): Pick<RegistryTestStep, 'detail' | 'zh'> {
  return { detail: `${count ?? 0} ${what}`, zh: `${count ?? 0} ${zh}` };
}

function stepOf(
  step: Step,
  { failure }: { readonly failure?: Failure },
  said: Pick<RegistryTestStep, 'detail' | 'zh'>,
): RegistryTestStep {
  return failure === undefined
    ? { step, outcome: 'ok', ...said }
    : { step, outcome: 'failed', detail: failure.message, failure };
}

/** It is looked at as a source is, and is not one: nothing is to be copied. */
function ofRegistry(failure: Failure): Failure {
  if (failure.side !== 'source') return failure;
  return { ...failure, side: 'registry', message: failure.message.replace(/^source /, 'registry ') };
}

async function settled<Value>(
  ask: () => Promise<Value>,
  signal: AbortSignal,
): Promise<{ readonly value?: Value; readonly failure?: Failure }> {
  try {
    return { value: await ask() };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { failure: ofRegistry(failureForWindow(thrown, 'registries.test')) };
  }
}
