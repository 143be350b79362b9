// What is called but not awaited goes its own way: the function that called it is done before, and
// nobody hears of its error. In a group it is part of the function that spawned it.
import { taskGroup } from 'jitney'
import { settle } from 'jitney/testing'

process.on('unhandledRejection', (error: Error) => {
  console.log(`  nobody handles: ${error.message}`)
})

async function save(name: string): Promise<void> {
  console.log(`  saving ${name}`)
  await settle()
  if (name === 'b') throw new Error(`${name} is not saved`)
  console.log(`  ${name} is saved`)
}

async function forgetful(): Promise<void> {
  void save('a')
  void save('b')
}

async function careful(): Promise<void> {
  await taskGroup((group) => {
    group.spawn(() => save('a'))
    group.spawn(() => save('b'))
  })
}

for (const run of [forgetful, careful]) {
  console.log(run.name)
  try {
    await run()
    console.log('  returned, all is well')
  } catch (error) {
    console.log(`  threw: ${(error as AggregateError).errors.join(', ')}`)
  }
  await settle()
  await settle()
}

// Output:
// forgetful
//   saving a
//   saving b
//   returned, all is well
//   a is saved
//   nobody handles: b is not saved
// careful
//   saving a
//   saving b
//   a is saved
//   threw: Error: b is not saved
