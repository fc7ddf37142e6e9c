import process from 'node:process';
import { FolderDisk } from '../../electron/engine/kernel/durable-disk.ts';
import { parseReference } from '../../electron/oci/reference.ts';
import { type DiskCall, type DiskFault, FaultyDisk } from '../fakes/faulty-disk.ts';
import { copyJob, openCache } from '../torture/copying.ts';

// A process of its own that copies one image by way of a cache and is gone at the n-th call to the disk:
// FOLDER FROM TO N whole|half. N = 0 spares it. At the end it prints every call as a line of JSON.
const [folder = '', from = '', to = '', nth = '0', how = 'whole'] = process.argv.slice(2);
const deadlyNumber = Number(nth);

/** Ends this process before the call is made, or after half of it where it writes. */
function strike({ number }: DiskCall): DiskFault | undefined {
  const isHalf = how === 'half';
  if (isHalf && number === deadlyNumber) return 'short write';
  if (number === deadlyNumber + (isHalf ? 1 : 0) && deadlyNumber > 0) process.kill(process.pid, 'SIGKILL');
  return undefined;
}

const disk = new FaultyDisk(new FolderDisk(folder), strike);
const cache = await openCache(folder, disk);
const request = { source: parseReference(from), targets: [parseReference(to)] };
const { summary } = await copyJob([request], { cache }, 60_000);
for (const { name, path } of disk.calls) process.stdout.write(`${JSON.stringify({ name, path })}\n`);
process.exitCode = summary.ok ? 0 : 1;
