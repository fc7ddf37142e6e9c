// A registry in a process of its own: `source BYTES` serves one image of one layer, `destination` hashes and forgets.
import { image, types } from '../../fakes/images.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { streamBlob } from './stream-blob.ts';

const [role, bytes = '0'] = process.argv.slice(2);
const registry = await startQuirkRegistry({ discardsContent: role === 'destination' });
if (role === 'source') registry.seed('big', '1', image({ layers: [streamBlob(Number(bytes), types.ociLayer)] }));
process.stdout.write(`${registry.host}\n`);
process.stdin.resume().once('end', () => process.exit(0));
