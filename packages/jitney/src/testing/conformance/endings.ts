import { conformanceCase, numbersTo } from './conformance-case.ts'
import { expectEqual, expectRejection } from './expect-that.ts'
import { settle } from '../settle.ts'
import type { ConformanceCase, ConformanceSubject } from './subject.ts'

const some = 20

/** What happens when callers leave, and at the end. */
export function endingCases<Item, Result>(
  subject: ConformanceSubject<Item, Result>,
): ConformanceCase[] {
  const { start, item, result, slowItem } = subject
  const cases = [
    conformanceCase('rejects only the caller that aborted', start, async ({ processor }) => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const leaving = processor.process(item(0), { signal: controller.signal })
      const staying = processor.process(item(1))
      controller.abort(reason)
      expectEqual(
        (await expectRejection(leaving, 'an aborted call')) === reason,
        true,
        'the reason',
      )
      expectEqual(await staying, result(1), 'the result of the caller that stayed')
    }),
    conformanceCase('refuses a call whose signal has aborted', start, async ({ processor }) => {
      const signal = AbortSignal.abort()
      await expectRejection(
        processor.process(item(0), { signal }),
        'a call that was aborted before',
      )
      expectEqual(await processor.process(item(1)), result(1), 'the result of the next call')
    }),
    conformanceCase('serves what it has before it closes', start, async ({ processor }) => {
      const results = processor.processAll(numbersTo(some).map(item))
      const closed = processor.close()
      expectEqual(await results, numbersTo(some).map(result), 'the results of a closing processor')
      await closed
      await expectRejection(processor.process(item(0)), 'a call after close()')
      await processor.close()
    }),
  ]
  if (slowItem !== 'not applicable') {
    cases.push(
      conformanceCase('goes on after a running batch was aborted', start, async ({ processor }) => {
        expectEqual(await processor.process(item(0)), result(0), 'the result before')
        const controller = new AbortController()
        const slow = processor.process(slowItem, { signal: controller.signal })
        slow.catch(() => {})
        await settle()
        controller.abort()
        await expectRejection(slow, 'the aborted call')
        expectEqual(await processor.process(item(1)), result(1), 'the result of the next batch')
      }),
      conformanceCase('settles its callers when closing takes too long', start, async (run) => {
        const slow = run.processor.process(slowItem)
        slow.catch(() => {})
        await settle()
        await run.processor.close({ timeout: 1 })
        await expectRejection(slow, 'a call at the timeout of close()')
      }),
    )
  }
  return cases
}
