import { conformanceCase, numbersTo } from './conformance-case.ts'
import { expectEqual, expectRejection, expectThat } from './expect-that.ts'
import type { ConformanceCase, ConformanceRun, ConformanceSubject } from './subject.ts'

const some = 20

/** What happens when the server goes, and comes back. */
export function availabilityCases<Item, Result>(
  subject: ConformanceSubject<Item, Result>,
): ConformanceCase[] {
  const { start, item, result, outage } = subject
  if (outage === 'not applicable') return []
  const whileGone = async (run: ConformanceRun<Item, Result>): Promise<void> => {
    const { processor } = run
    expectEqual(await processor.process(item(0)), result(0), 'the result before the outage')
    await need(run, 'stopServer')
    const calls = numbersTo(some).map((n) => processor.process(item(n)))
    const settled = Promise.allSettled(calls)
    if (outage === 'fails') {
      for (const call of calls) await expectRejection(call, 'a call while the server is gone')
    } else if (outage === 'replaced') {
      for (const one of await settled) {
        expectThat(
          one.status === 'fulfilled' || one.reason instanceof Error,
          'Expected a call while the server is replaced to have a result or an Error',
        )
      }
    }
    await need(run, 'startServer')
    if (outage === 'waits') {
      expectEqual(
        await Promise.all(calls),
        numbersTo(some).map(result),
        'the results after the wait',
      )
    }
    const results = await processor.processAll(numbersTo(some).map(item))
    expectEqual(results, numbersTo(some).map(result), 'the results once the server is back')
  }
  const names = {
    fails: 'rejects while the server is gone, and works once it is back',
    waits: 'waits while the server is gone, and answers once it is back',
    replaced: 'gives a result or an error while the server is replaced, and works afterwards',
  }
  return [conformanceCase(names[outage], start, whileGone)]
}

async function need<Item, Result>(
  run: ConformanceRun<Item, Result>,
  name: 'stopServer' | 'startServer',
): Promise<void> {
  const { [name]: call } = run
  expectThat(call !== undefined, `Cannot test an outage: start() must give '${name}'`)
  await call?.call(run)
}
