/**
 * Faults between client and emulator, which rarely fail by themselves: what a request asks is changed
 * before the official client writes it, what is answered after the client has read it.
 */

/** Works on what a request says; `next` sends it to the emulator. */
export type Fault<Input, Output> = (
  input: Input,
  next: (input: Input) => Promise<Output>,
) => Promise<Output>

type Handler = (parameters: { input: unknown }) => Promise<{ output: unknown }>

/** What all clients of the SDK have. */
interface Faultable {
  readonly middlewareStack: {
    add(middleware: (next: Handler) => Handler, options: { step: 'initialize' }): void
  }
}

export function addFault<Input, Output>(client: object, fault: Fault<Input, Output>): void {
  const { middlewareStack } = client as Faultable
  middlewareStack.add(
    (next) => async (parameters) => {
      let last: { output: unknown } = { output: undefined }
      const output = await fault(parameters.input as Input, async (input) => {
        last = await next({ ...parameters, input })
        return last.output as Output
      })
      return { ...last, output }
    },
    { step: 'initialize' },
  )
}

/** An exception as the clients throw it. */
export function exception(name: string, status: number, fault: 'client' | 'server'): Error {
  return Object.assign(new Error(`The service says ${name}`), {
    name,
    $fault: fault,
    $metadata: { httpStatusCode: status },
  })
}

interface Entry {
  Id?: string
}

interface BatchOutput {
  Successful?: Entry[]
  Failed?: (Entry & { Code: string; SenderFault: boolean })[]
}

export interface EntryFaults {
  readonly bad: string
  /** Left undone once. */
  readonly later: string
  /** The answer does not tell of it. */
  readonly lost: string
  readonly reversed: boolean
}

/** Faults of the operations whose entries have ids, by the words in an entry. */
export function entryFault(field: string, faults: EntryFaults): Fault<object, BatchOutput> {
  let isDone = false
  return async (input, next) => {
    const entries = (input as Record<string, Entry[]>)[field]!
    const failed: BatchOutput['Failed'] = []
    const sent = entries.filter((entry) => {
      const text = JSON.stringify(entry)
      const isLater = text.includes(faults.later) && !isDone
      isDone ||= isLater
      if (isLater) failed.push({ Id: entry.Id!, Code: 'InternalError', SenderFault: false })
      const isBad = text.includes(faults.bad)
      if (isBad) failed.push({ Id: entry.Id!, Code: 'InvalidParameterValue', SenderFault: true })
      return !isLater && !isBad
    })
    const output: BatchOutput =
      sent.length > 0 ? await next({ ...input, [field]: sent }) : { Successful: [] }
    const lost = new Set(
      sent.filter((entry) => JSON.stringify(entry).includes(faults.lost)).map(({ Id }) => Id),
    )
    const successful = (output.Successful ?? []).filter(({ Id }) => !lost.has(Id))
    return {
      ...output,
      Successful: faults.reversed ? successful.toReversed() : successful,
      Failed: [...(output.Failed ?? []), ...failed],
    }
  }
}

interface Place {
  ErrorCode?: string
}

/** Faults of the operations that answer by position. */
export function placeFault(
  field: string,
  answers: string,
  faults: Pick<EntryFaults, 'bad' | 'later'>,
): Fault<object, object> {
  let isDone = false
  return async (input, next) => {
    const entries = (input as Record<string, object[]>)[field]!
    const codes = entries.map((entry) => {
      const text = textOf(entry)
      if (text.includes(faults.bad)) return 'MalformedDetail'
      if (!text.includes(faults.later) || isDone) return undefined
      isDone = true
      return 'ProvisionedThroughputExceededException'
    })
    const sent = entries.filter((_, place) => codes[place] === undefined)
    const output = sent.length > 0 ? await next({ ...input, [field]: sent }) : { [answers]: [] }
    const given = [...(output as Record<string, Place[]>)[answers]!]
    return {
      ...output,
      [answers]: codes.map((code) => (code ? { ErrorCode: code } : given.shift())),
    }
  }
}

/** With bytes as the text that they are. */
function textOf(entry: object): string {
  return JSON.stringify(entry, (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  )
}
