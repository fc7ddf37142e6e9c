/** One setting: its name, what holds while nothing was set, and the reader of what was kept. */
export interface Setting<Value> {
  readonly name: string;
  readonly fallback: Value;
  /** The value in a JSON value; undefined when it is none, as after a downgrade. */
  readonly read: (kept: unknown) => Value | undefined;
}

/** What the operator has set. Must not be given secrets; values of names that speak of one are refused. */
export interface SettingsBook {
  get<Value>(setting: Setting<Value>): Promise<Value>;
  /** Keeps a JSON value; durable when it resolves. */
  set<Value>(setting: Setting<Value>, value: Value): Promise<void>;
  /** Goes back to the fallback. */
  reset(setting: Setting<unknown>): Promise<void>;
}
