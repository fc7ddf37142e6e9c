import { describe, expect, test } from 'vitest';
import type { Descriptor } from '../../../../electron/oci/descriptor.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { withDigest } from '../../../../electron/engine/registry/sessions.ts';

const digest = parseDigest(`sha256:${'ab'.repeat(32)}`);
const blob: Descriptor = { mediaType: 'application/octet-stream', digest, size: 1 };
const added = `digest=sha256%3A${'ab'.repeat(32)}`;

describe('the digest joins whatever query there is, which stays byte for byte', () => {
  test.each([
    ['https://x/v2/a/uploads/1', `https://x/v2/a/uploads/1?${added}`],
    ['https://x/u?_state=a%2Bb%3D%3D', `https://x/u?_state=a%2Bb%3D%3D&${added}`],
    ['https://x/u?a=x+y&b=%7E~', `https://x/u?a=x+y&b=%7E~&${added}`],
    ['https://x/u?', `https://x/u?${added}`],
    ['https://x/u?a=1&', `https://x/u?a=1&${added}`],
    ['https://x/u?flag', `https://x/u?flag&${added}`],
    ['https://x/u%3Fz', `https://x/u%3Fz?${added}`],
  ])('%s', (location, expected) => expect(withDigest(new URL(location), blob).href).toBe(expected));
});
