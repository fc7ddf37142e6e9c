import { type CommandName, Commands, isCommandName, type OutputOf } from '../../contract/commands.ts';
import type { Answer } from '../../contract/envelope.ts';
import type { Schema } from '../../contract/operation.ts';
import type { CallContext, Handler } from './context.ts';
import { failureForWindow, refuseRequest } from './failures.ts';
import { handlers } from './handlers.ts';

/** Has a command done that came from outside: decodes its input, carries it out, makes plain data of whatever happens. Never rejects. */
export async function dispatch(
  name: string,
  input: unknown,
  context: CallContext,
  options: { readonly checksOutputs: boolean } = { checksOutputs: false },
): Promise<Answer<unknown>> {
  try {
    if (!isCommandName(name)) throw refuseRequest('there is no such command', 'command');
    const value = await run(name, input, context);
    const output: Schema<unknown> = Commands[name].output;
    return { ok: true, value: options.checksOutputs ? decode(`output of ${name}`, output, value) : value };
  } catch (thrown) {
    return { ok: false, failure: failureForWindow(thrown, name) };
  }
}

/** The value if the schema lets it through; throws `invalid` that says where it does not and repeats nothing of it. */
export function decode<Value>(what: string, schema: Schema<Value>, value: unknown): Value {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.').slice(0, 200)}`;
  const code = issue?.code ?? 'invalid';
  throw refuseRequest(`the ${what} is not as it should be${place}: ${code}`, what);
}

function run<Name extends CommandName>(name: Name, input: unknown, context: CallContext): Promise<OutputOf<Name>> {
  const handler: Handler<Name> = handlers[name];
  return handler(decode(`input of ${name}`, Commands[name].input, input), context);
}
