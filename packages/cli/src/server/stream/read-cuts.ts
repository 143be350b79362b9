import type { Readable } from 'node:stream'
import { TimeoutError, withTimeout } from 'jitney'
import { ArrayCutter } from './array-cutter.ts'
import type { Cut, Cutter } from './cutter.ts'
import { isSpace, LineCutter } from './line-cutter.ts'
import { lineTypes } from '../read-item.ts'

const openingBracket = 0x5b

export interface ReadOptions {
  /** Of the body, without parameters; decides whether it is lines or an array. */
  readonly type: string | undefined
  /** Most bytes of an item. */
  readonly maxItemSize: number
  /** How long the client may send nothing while it is its turn, in milliseconds. */
  readonly idleTimeout: number
  /** Aborts when nothing more is to be read. */
  readonly closing: AbortSignal
  /** Aborts when nobody wants the items any more. */
  readonly deadline: AbortSignal
}

/**
 * The items of a body, cut while it arrives and no faster than they are asked for. Without a type
 * that says so, a body that begins with a bracket is an array, any other lines.
 */
export async function* readCuts(body: Readable, options: ReadOptions): AsyncGenerator<Cut, void> {
  const { type, maxItemSize, idleTimeout, closing, deadline } = options
  let cutter: Cutter | undefined
  try {
    for await (const chunk of inTime(body, idleTimeout, closing, deadline)) {
      cutter ??= lineTypes.has(type ?? '')
        ? new LineCutter(maxItemSize)
        : cutterFor(chunk, maxItemSize)
      for (const cut of cutter?.push(chunk) ?? []) {
        yield cut
        if (!Buffer.isBuffer(cut) && cut.isLast) return
      }
    }
    yield* cutter?.end() ?? []
  } catch (error) {
    yield { problem: (error as Error).message, isLast: true, isClosing: closing.aborted }
  }
}

/** `undefined` while there is only white space. */
function cutterFor(chunk: Buffer, most: number): Cutter | undefined {
  const first = chunk.find((byte) => !isSpace(byte))
  if (first === undefined) return undefined
  return first === openingBracket ? new ArrayCutter(most) : new LineCutter(most)
}

/** The chunks of a body; throws if the next one takes too long, the client goes or the service ends. */
async function* inTime(
  body: Readable,
  timeout: number,
  closing: AbortSignal,
  deadline: AbortSignal,
): AsyncGenerator<Buffer, void> {
  // Not `for await`, which would destroy the connection with the body when it is left.
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  for (;;) {
    const waiting = withTimeout(({ signal }) => unless(signal, unless(deadline, chunks.next())), {
      timeout,
      signal: closing,
    })
    const step = await waiting.catch((error: unknown) => {
      if (closing.aborted) throw new Error('The service is stopping.')
      if (error instanceof TimeoutError) throw new Error(`Nothing arrived for ${timeout} ms.`)
      throw new Error('The body broke off.')
    })
    if (step.done === true) return
    yield step.value
  }
}

/** A promise, or the reason of a signal if that aborts before. */
async function unless<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  let leave = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
