// Rows without end pass through in order and in constant memory: what two running batches hold and
// one more is read ahead of the results, however slow the loop is. Leaving it closes the source.
import { Batcher } from 'jitney'
import { settle } from 'jitney/testing'

let read = 0
async function* rows(): AsyncGenerator<number> {
  try {
    for (;;) yield read++
  } finally {
    console.log('the source is closed')
  }
}

const squares = new Batcher(async (numbers: number[]) => numbers.map((n) => n * n), {
  maxBatchSize: 100,
  concurrency: 2,
})

let taken = 0
for await (const square of squares.processIterable(rows())) {
  taken += 1
  if (taken % 250 !== 1) continue
  // However long the loop is busy here, no more is read than fits.
  await settle()
  console.log(`result ${taken} is ${square}: ${read - taken} rows are read ahead`)
  if (taken > 1000) break
}

// Output:
// result 1 is 0: 300 rows are read ahead
// result 251 is 62500: 300 rows are read ahead
// result 501 is 250000: 300 rows are read ahead
// result 751 is 562500: 300 rows are read ahead
// result 1001 is 1000000: 300 rows are read ahead
// the source is closed
