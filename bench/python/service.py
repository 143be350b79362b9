"""A model that takes 11 ms for one item and 13 ms for 200, behind FastAPI with uvloop, one process."""
import asyncio, socket, sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

MOST_ITEMS = 200
# The default of async-batcher.
MOST_WAIT = 0.01

app = FastAPI()
processor = None


async def predict(items):
    """One call at a time, as a model on one processor."""
    async with processor:
        await asyncio.sleep((11 + 2 * (len(items) - 1) / (MOST_ITEMS - 1)) / 1000)
        return items


class Batcher:
    """As async-batcher does: a batch is full, or has waited for so long since its first item."""

    def __init__(self):
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
            while len(batch) < MOST_ITEMS and (left := end - loop.time()) > 0:
                try:
                    batch.append(await asyncio.wait_for(self.queue.get(), left))
                except asyncio.TimeoutError:
                    break
            results = await predict([item for item, _ in batch])
            for (_, future), result in zip(batch, results):
                future.set_result(result)


@app.on_event("startup")
async def begin():
    global processor, batcher
    processor = asyncio.Semaphore(1)
    batcher = Batcher()


@app.post("/run")
async def run(request: Request):
    item = await request.json()
    if "--batched" in sys.argv:
        return JSONResponse(await batcher.process(item))
    return JSONResponse((await predict([item]))[0])


listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(f"Listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.run(app, fd=listener.fileno(), loop="uvloop", access_log=False, log_level="warning")
