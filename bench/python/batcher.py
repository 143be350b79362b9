import asyncio

# The default of async-batcher, in seconds.
MOST_WAIT = 0.01


class Batcher:
    """As async-batcher does: a batch is full, or has waited for so long since its first item."""

    def __init__(self, process_batch, max_batch_size):
        self.process_batch = process_batch
        self.max_batch_size = max_batch_size
        self.queue = asyncio.Queue()
        self.task = asyncio.create_task(self.run())

    async def process(self, item):
        future = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((item, future))
        return await future

    async def run(self):
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self.queue.get()]
            end = loop.time() + MOST_WAIT
            while len(batch) < self.max_batch_size and (left := end - loop.time()) > 0:
                try:
                    batch.append(await asyncio.wait_for(self.queue.get(), left))
                except asyncio.TimeoutError:
                    break
            results = await self.process_batch([item for item, _ in batch])
            for (_, future), result in zip(batch, results):
                future.set_result(result)
