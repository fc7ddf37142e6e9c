export { type Finding, findingText } from '../engine/engine.ts';
