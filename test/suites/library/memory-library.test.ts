import { memoryLibrary } from '../../../electron/engine/content/memory-library.ts';
import { describeLibrary } from './library-suite.ts';

describeLibrary('the memory library', async () => memoryLibrary());
