import { keptInFolder } from '../../unit/engine/library/kept-libraries.ts';
import { describeLibrary } from './library-suite.ts';

describeLibrary('the library on disk', async () => (await keptInFolder()).library);
