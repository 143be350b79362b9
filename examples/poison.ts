// One bad row does not cost its batch-mates their insert: what may pass by itself, such as a
// deadlock, is tried again, what does not is sent in halves until the bad row is alone.
import { Batcher } from 'jitney'

let deadlocks = 1

/** All or nothing, like one statement for all rows. */
async function insertAll(rows: string[]): Promise<number[]> {
  if (deadlocks-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
  if (rows.includes('')) throw new Error('name must not be empty')
  return rows.map((row) => row.length)
}

const inserts = new Batcher(
  async (rows: string[], { entries, reason }) => {
    const what = `${reason}, attempt ${entries[0]?.attempt}, ${rows.length} of 8 rows`
    const inserted = insertAll(rows)
    await inserted.then(
      () => console.log(`${what}: inserted`),
      (error: Error) => console.log(`${what}: ${error.message}`),
    )
    return inserted
  },
  { retry: { attempts: 3, minDelay: 5, when: isDeadlock }, splitOnError: true },
)

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01'
}

const names = ['Ada', 'Grace', '', 'Edsger', 'Barbara', 'Alan', 'Tony', 'Donald']
const outcomes = await inserts.processAllSettled(names)
for (const [row, outcome] of outcomes.entries()) {
  if (outcome.status === 'rejected') console.log(`row ${row}: ${outcome.reason}`)
}

// Output:
// idle, attempt 1, 8 of 8 rows: deadlock detected
// retry, attempt 2, 8 of 8 rows: name must not be empty
// split, attempt 3, 4 of 8 rows: name must not be empty
// split, attempt 3, 4 of 8 rows: inserted
// split, attempt 4, 2 of 8 rows: inserted
// split, attempt 4, 2 of 8 rows: name must not be empty
// split, attempt 5, 1 of 8 rows: name must not be empty
// split, attempt 5, 1 of 8 rows: inserted
// row 2: BatchError: Cannot process batch of 1: name must not be empty
