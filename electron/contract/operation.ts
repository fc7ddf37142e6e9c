import type { z } from 'zod';

/** What a schema lets through, as data nobody writes to. */
export type Data<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>;

/** What lets values of a type through. */
export type Schema<Value> = z.ZodType<Value>;

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** A command or a query: what goes in, what comes out. */
export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
}

/** Something to be heard of: what of it, and how it stands. */
export interface FeedShape<Scope extends z.ZodType = z.ZodType, Snapshot extends z.ZodType = z.ZodType> {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
}

/** The operation with its types kept. */
export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): Operation<Input, Output> {
  return { input, output };
}

/** The feed with its types kept. */
export function feed<Scope extends z.ZodType, Snapshot extends z.ZodType>(
  scope: Scope,
  snapshot: Snapshot,
): FeedShape<Scope, Snapshot> {
  return { scope, snapshot };
}
