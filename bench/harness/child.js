/**
 * The measured process: one workload, one contestant, and one way of calling where
 * the workload has callers.
 * Run by `runChild`; prints one line of JSON.
 */
const { workload, contestant, caller, parameters = {}, effort } = JSON.parse(process.argv[2])

const { measure } = await import(`../workloads/${workload}.js`)
const { create, createLimit } = await import(`../contestants/${contestant}.js`)
const { loop, burst } = caller === undefined ? {} : await import(`../callers/${caller}.js`)

const result = await measure({ create, createLimit, caller: { loop, burst }, parameters, effort })

// Some workloads and some contestants never come to rest: the result is the end of this process.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())
