"""1000 callers that each await their answer before they ask again: nanoseconds of CPU per item."""
import argparse, asyncio, json, time

from batcher import Batcher

CALLERS = 1000

options = argparse.ArgumentParser()
options.add_argument("library", choices=["asyncio"])
options.add_argument("--items", type=int)
items = options.parse_args().items


async def double(numbers):
    await asyncio.sleep(0)
    return [number * 2 for number in numbers]


async def run(count):
    batcher = Batcher(double, CALLERS)
    rest = iter(range(count))

    async def call():
        for item in rest:
            assert await batcher.process(item) == item * 2, "Wrong answer"

    start = time.process_time_ns()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    cost = (time.process_time_ns() - start) / count
    batcher.task.cancel()
    return cost


asyncio.run(run(items // 10))
print(json.dumps({"typical": asyncio.run(run(items)), "repetitions": 1}))
