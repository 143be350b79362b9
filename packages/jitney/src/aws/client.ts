import { refusal } from '../platform/errors.ts'
import { checkFunction, has } from '../platform/guards.ts'

/** What is used of a client of the AWS SDK v3: `new SQSClient({})`, for one. */
export interface CommandClient {
  /** Carries out a command, and rejects when the signal aborts. */
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>
}

/** A class of commands of the AWS SDK v3, such as `SendMessageBatchCommand`. */
export type CommandClass<Input> = new (input: Input) => object

/** An object with the operation as a method: `new SQS({})` of the AWS SDK v3, or one of your own. */
export type MethodClient<Method extends string, Input> = {
  readonly [Name in Method]: (
    input: Input,
    options?: { abortSignal?: AbortSignal },
  ) => Promise<unknown>
}

/** A client with the operation as a method, or one with `send`, which needs the option `command`. */
export type AwsClient<Method extends string, Input> = CommandClient | MethodClient<Method, Input>

/** Sends one request. */
export type Call<Input> = (input: Input, signal: AbortSignal) => Promise<unknown>

/** How a client is called. @throws TypeError for one that cannot be. */
export function callOf<Input>(
  action: string,
  client: unknown,
  method: string,
  command: CommandClass<Input> | undefined,
): Call<Input> {
  if (command !== undefined) {
    const { send } = Object(client) as Partial<CommandClient>
    checkFunction(action, 'client.send', send)
    const sender = client as CommandClient
    return (input, abortSignal) => sender.send(new command(input) as never, { abortSignal })
  }
  if (!has(client, method)) {
    const allowed = `an object with the method '${method}', or given with the option 'command'`
    throw refusal(action, 'client', allowed, client)
  }
  const methods = client as MethodClient<string, Input>
  return (input, abortSignal) => methods[method]!(input, { abortSignal })
}
