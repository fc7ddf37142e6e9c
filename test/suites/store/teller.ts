import { thisProcess } from '../../../electron/engine/kernel/process-identity.ts';
import { openStore } from '../../../electron/engine/store/store.ts';
import { intentOf, resultOf, signal, wellDone } from '../../unit/engine/store/stores.ts';

// A process of its own that tells a journal of images, one line for each that is durable: FOLDER NAME COUNT.
const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const store = await openStore({ folder, isOwner: false, self: thisProcess() });
const job = await store.journal.begin(intentOf(name), signal);
process.stdout.write('begun\n');
for (let n = 0; n < Number(count); n += 5) {
  const some = [0, 1, 2, 3, 4].map((more) => `${name}-${n + more}`);
  const told = some.map((one) => job.ended(resultOf(one), []).then(() => process.stdout.write(`${one}\n`)));
  await job.flush();
  await Promise.all(told);
}
await job.finish(wellDone);
await store.close();
