/**
 * The measured process: one workload, one contestant, one way of calling.
 * Run by `runChild`; prints one line of JSON.
 */
const { workload, contestant, caller, parameters = {}, effort } = JSON.parse(process.argv[2])

const { measure } = await import(`../workloads/${workload}.js`)
const { create } = await import(`../contestants/${contestant}.js`)
const { loop, burst } = await import(`../callers/${caller}.js`)

const result = await measure({ create, caller: { loop, burst }, parameters, effort })

// Some workloads and some contestants never come to rest: the result is the end of this process.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())
