"""A task for every item, each behind a semaphore, all at once: what it costs, or how much it holds."""
import argparse, asyncio, json, resource, time

options = argparse.ArgumentParser()
options.add_argument("library", choices=["asyncio", "trio"])
options.add_argument("--items", type=int)
options.add_argument("--concurrency", type=int)
options.add_argument("--figure", choices=["cpu", "peak"])
options = options.parse_args()


def with_asyncio(items):
    async def main():
        semaphore = asyncio.Semaphore(options.concurrency)

        async def task(item):
            async with semaphore:
                await asyncio.sleep(0)
                return item * 2

        return await asyncio.gather(*map(task, range(items)))

    return asyncio.run(main())


def with_trio(items):
    import trio

    async def main():
        semaphore = trio.Semaphore(options.concurrency)
        results = [None] * items

        async def task(item):
            async with semaphore:
                await trio.lowlevel.checkpoint()
                results[item] = item * 2

        async with trio.open_nursery() as nursery:
            for item in range(items):
                nursery.start_soon(task, item)
        return results

    return trio.run(main)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


run = with_asyncio if options.library == "asyncio" else with_trio
run(10_000)
before = peak()
start = time.process_time_ns()
results = run(options.items)
cpu = (time.process_time_ns() - start) / options.items
assert sum(results) == options.items * (options.items - 1), "Wrong results"
print(json.dumps({"typical": cpu if options.figure == "cpu" else peak() - before, "repetitions": 1}))
