import { settle } from 'jitney/testing'

type Event = 'unhandledRejection' | 'warning' | 'uncaughtException'

/** Runs `run` and returns what the process reported meanwhile, to nobody else. */
export async function eventsDuring(
  event: Event,
  run: () => Promise<void> | void,
): Promise<unknown[]> {
  const heard: unknown[] = []
  const others = process.listeners(event as 'warning')
  const listener = (value: unknown): void => {
    heard.push(value)
  }
  process.removeAllListeners(event)
  process.on(event, listener)
  try {
    await run()
    await settle()
  } finally {
    process.removeListener(event, listener)
    for (const other of others) process.on(event as 'warning', other)
  }
  return heard
}
