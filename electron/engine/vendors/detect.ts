import { field, isObject } from '../../oci/fields.ts';
import { CopyError } from '../kernel/errors.ts';
import type { Vendor } from '../ports/vendor.ts';
import { ask, readAnswer, type VendorContext } from './api.ts';
import { DockerHub } from './docker-hub.ts';
import { Harbor } from './harbor.ts';
import { harborApi } from './harbor-api.ts';
import { Quay } from './quay.ts';
import { textIn } from './reading.ts';

const patienceMs = 10_000;
/** Fields of Harbor's systeminfo that anybody is shown. */
const harborFields: readonly string[] = ['auth_mode', 'harbor_version', 'registry_url'];

/** Who is behind a registry: by its name, else by one anonymous question; undefined for a vendor without an API that we know. */
export async function detectVendor(context: VendorContext, signal: AbortSignal): Promise<Vendor | undefined> {
  if (context.registry === 'docker.io') return new DockerHub(context);
  if (context.registry === 'quay.io') return new Quay(context);
  return findHarbor(context, signal);
}

/** The vendor that the operator named for a registry, such as a Quay in the house. */
export function openVendor(kind: Vendor['kind'], context: VendorContext): Vendor {
  if (kind === 'harbor') return new Harbor(context);
  return kind === 'quay' ? new Quay(context) : new DockerHub(context);
}

async function findHarbor(context: VendorContext, signal: AbortSignal): Promise<Harbor | undefined> {
  const host = context.hosts.get(context.registry);
  const path = `${harborApi}/systeminfo`;
  const request = { path, op: 'vendor.detect', subject: host.name, isOnce: true, withinMs: patienceMs };
  try {
    const answer = readAnswer(context, host, await ask(context, host, request, signal), request);
    const isHarbor = isObject(answer) && harborFields.some((name) => field(answer, name) !== undefined);
    return isHarbor ? new Harbor(context, textIn(answer, 'harbor_version')) : undefined;
  } catch (thrown) {
    // whatever else a registry answers there, it is none; one that answers nothing is for the caller to hear of
    const hasAnswered = thrown instanceof CopyError && (thrown.http !== undefined || thrown.kind === 'protocol');
    if (hasAnswered) return undefined;
    throw thrown;
  }
}
