// Three factorials at once, step by step: each step of one leaves room for a step of the others.
import { taskGroup } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()

async function factorial(name: string, number: number): Promise<number> {
  let product = 1
  for (let factor = 2; factor <= number; factor += 1) {
    console.log(`${name}: ${product} * ${factor}`)
    await clock.sleep(1000)
    product *= factor
  }
  console.log(`${name}: factorial(${number}) = ${product}`)
  return product
}

const products = taskGroup(async (group) => {
  const tasks = [2, 3, 4].map((number, index) =>
    group.spawn(() => factorial('ABC'.charAt(index), number)),
  )
  return await Promise.all(tasks.map(({ promise }) => promise))
})
await clock.advance(5000)
console.log(await products)

// Output:
// A: 1 * 2
// B: 1 * 2
// C: 1 * 2
// A: factorial(2) = 2
// B: 2 * 3
// C: 2 * 3
// B: factorial(3) = 6
// C: 6 * 4
// C: factorial(4) = 24
// [ 2, 6, 24 ]
