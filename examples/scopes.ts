// Reads until the input ends, and enters and leaves a resource around a block, also one that throws.
// In a group whose tasks run one at a time, the second never begins after the first has failed.
import { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { taskGroup } from 'jitney'
import { settle } from 'jitney/testing'

const input = Readable.from(['first\nsec', 'ond\nthi', 'rd\n'])
for await (const line of createInterface({ input })) console.log(`read ${line}`)
console.log('the input has ended')

class Resource implements AsyncDisposable {
  readonly name: string

  constructor(name: string) {
    this.name = name
    console.log(`  ${name} is entered`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await settle()
    console.log(`  ${this.name} is left`)
  }
}

async function use(name: string, fails: boolean): Promise<void> {
  await using resource = new Resource(name)
  if (fails) throw new Error(`${resource.name} broke`)
  console.log(`  inside ${resource.name}`)
}

for (const fails of [false, true]) {
  const group = taskGroup(
    ({ spawn }) => {
      for (const name of ['a', 'b']) spawn(() => use(name, fails))
    },
    { concurrency: 1 },
  )
  await group.then(
    () => console.log('left in peace'),
    ({ errors }: AggregateError) => console.log(`left by ${errors.join(', ')}`),
  )
}

// Output:
// read first
// read second
// read third
// the input has ended
//   a is entered
//   inside a
//   a is left
//   b is entered
//   inside b
//   b is left
// left in peace
//   a is entered
//   a is left
// left by Error: a broke
