import type { EngineOptions } from '../../engine/engine.ts';

/** All time of the window: the engine's port. */
export type Clock = NonNullable<EngineOptions['clock']>;
