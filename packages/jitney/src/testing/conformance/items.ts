import { conformanceCase, numbersTo } from './conformance-case.ts'
import { expectEqual, expectRejection, expectThat } from './expect-that.ts'
import type { ConformanceCase, ConformanceSubject } from './subject.ts'

const many = 250

/** What becomes of single items. */
export function itemCases<Item, Result>(
  subject: ConformanceSubject<Item, Result>,
): ConformanceCase[] {
  const { start, item, result, failingItem, oversizeItem, missing, unprocessed, shuffled } = subject
  const cases = [
    conformanceCase(
      'gives each caller the result of its own item',
      start,
      async ({ processor }) => {
        const numbers = numbersTo(many)
        const results = await Promise.all(numbers.map((n) => processor.process(item(n))))
        expectEqual(results, numbers.map(result), 'the results, in the order of the items')
      },
    ),
    conformanceCase('works on a single item', start, async ({ processor }) => {
      expectEqual(await processor.process(item(0)), result(0), 'the result')
    }),
    conformanceCase('serves equal items of one batch alike', start, async ({ processor }) => {
      const numbers = [0, 1, 0, 2, 1, 0]
      const results = await processor.processAll(numbers.map(item))
      expectEqual(results, numbers.map(result), 'the results of equal items')
    }),
    conformanceCase('takes a stream of items, in order', start, async ({ processor }) => {
      const results: Result[] = []
      for await (const one of processor.processIterable(numbersTo(many).map(item)))
        results.push(one)
      expectEqual(results, numbersTo(many).map(result), 'the results of the stream')
    }),
  ]
  const alone = (what: string, bad: Item): ConformanceCase =>
    conformanceCase(`${what} alone, and serves the others`, start, async ({ processor }) => {
      const items = [item(0), bad, item(1), item(2)]
      const settled = await processor.processAllSettled(items)
      const statuses = settled.map(({ status }) => status)
      expectEqual(
        statuses,
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
        'what became of four items, the second of them bad,',
      )
      const values = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined))
      expectEqual([values[0], values[2], values[3]], [0, 1, 2].map(result), 'the other results')
      await expectRejection(processor.process(bad), 'the bad item by itself')
      expectEqual(await processor.process(item(3)), result(3), 'the result of the next item')
    })
  if (failingItem !== 'not applicable') cases.push(alone('fails a bad item', failingItem))
  if (oversizeItem !== 'not applicable') {
    cases.push(alone('refuses an item that is too large', oversizeItem))
  }
  if (missing !== 'not applicable') {
    cases.push(
      conformanceCase('tells of an item without an answer', start, async ({ processor }) => {
        const [before, absent, after] = await processor.processAllSettled([
          item(0),
          missing.item,
          item(1),
        ])
        expectEqual(before, { status: 'fulfilled', value: result(0) }, 'the item before')
        expectEqual(after, { status: 'fulfilled', value: result(1) }, 'the item after')
        if (missing.result === 'error') {
          expectThat(absent?.status === 'rejected', 'Expected an item without an answer to reject')
        } else {
          expectEqual(absent, { status: 'fulfilled', value: missing.result }, 'the missing one')
        }
      }),
    )
  }
  if (unprocessed !== 'not applicable') {
    cases.push(
      conformanceCase('asks again for an item that was left undone', start, async (run) => {
        const results = await run.processor.processAll([item(0), unprocessed.item, item(1)])
        expectEqual(results, [result(0), unprocessed.result, result(1)], 'the results in the end')
      }),
    )
  }
  if (shuffled !== 'not applicable') {
    cases.push(
      conformanceCase('matches answers that come in another order', shuffled, async (run) => {
        const results = await run.processor.processAll(numbersTo(many).map(item))
        expectEqual(results, numbersTo(many).map(result), 'the results of shuffled answers')
      }),
    )
  }
  return cases
}
