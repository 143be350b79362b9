import { Batcher } from 'jitney'

/** A batcher whose batch function returns `returned`, whatever it is given. */
export function returning(returned: unknown): Batcher<number, unknown> {
  return new Batcher<number, unknown>(() => returned as never)
}

/** A promise that rejects with anything. */
export async function rejected(reason: unknown): Promise<never> {
  throw reason as Error
}

/** An object that throws whatever one does with it. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
