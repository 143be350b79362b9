import { type Permit, Semaphore } from 'jitney'

/** A semaphore that notes how often each of its permits was released. */
export class CountingSlots extends Semaphore {
  /** One number for each permit that was given out. */
  readonly releases: number[] = []

  override async acquire(...options: Parameters<Semaphore['acquire']>): Promise<Permit> {
    return this.#count(await super.acquire(...options))
  }

  override tryAcquire(...options: Parameters<Semaphore['tryAcquire']>): Permit | undefined {
    const permit = super.tryAcquire(...options)
    return permit === undefined ? undefined : this.#count(permit)
  }

  #count(permit: Permit): Permit {
    const index = this.releases.push(0) - 1
    const release = (): void => {
      this.releases[index] = (this.releases[index] ?? 0) + 1
      permit.release()
    }
    return { release, [Symbol.dispose]: release }
  }
}
