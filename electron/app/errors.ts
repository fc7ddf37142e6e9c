export { asCopyError, cancelledError, copyError, type CopyError, failureOf } from '../engine/engine.ts';
