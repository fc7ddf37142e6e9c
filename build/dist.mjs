// `npm run dist`: the packages people get. README.md tells what there is and where it goes.
import { makePackages } from './package/make.ts';
import { readWish } from './package/wish.ts';

// whoever starts us may have said otherwise, and then React is the slow one with paths of this machine in it
process.env.NODE_ENV = 'production';

try {
  const wish = readWish(process.argv.slice(2));
  await makePackages(wish);
  console.log(`packages are in ${wish.out}`);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}
