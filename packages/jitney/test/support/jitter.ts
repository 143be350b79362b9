import { onTestFinished, vi } from 'vitest'

/** Makes what is random of every delay this share of its maximum, until the test is over. */
export function stubJitter(share: number): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(share)
  onTestFinished(() => {
    random.mockRestore()
  })
}
