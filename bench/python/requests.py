"""HTTP requests whose delays come on stdin, so many at a time: milliseconds from the first to the last."""
import argparse, asyncio, json, sys, time

options = argparse.ArgumentParser()
options.add_argument("library", choices=["aiohttp", "trio"])
options.add_argument("--port", type=int)
options.add_argument("--concurrency", type=int)
options = options.parse_args()
delays = sys.stdin.read().split()
# Connections are made, and code is warm.
warm_up = ["0"] * (2 * options.concurrency)


async def with_aiohttp():
    """A task for every request, each behind a semaphore."""
    import aiohttp

    semaphore = asyncio.Semaphore(options.concurrency)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def send(delay):
            async with semaphore:
                async with session.get(f"http://127.0.0.1:{options.port}/{delay}") as response:
                    assert await response.text() == "ok"

        await asyncio.gather(*map(send, warm_up))
        start = time.perf_counter()
        await asyncio.gather(*map(send, delays))
        return time.perf_counter() - start


async def with_trio():
    """As many tasks as may be in flight share an iterator; trio has no client of its own."""
    import trio

    streams = [await trio.open_tcp_stream("127.0.0.1", options.port) for _ in range(options.concurrency)]

    async def work(stream, rest):
        for delay in rest:
            await stream.send_all(f"GET /{delay} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
            received = b""
            while not received.endswith(b"\r\n\r\nok"):
                part = await stream.receive_some()
                assert part, "The server left"
                received += part

    async def send_all(some):
        rest = iter(some)
        async with trio.open_nursery() as nursery:
            for stream in streams:
                nursery.start_soon(work, stream, rest)

    await send_all(warm_up)
    start = time.perf_counter()
    await send_all(delays)
    return time.perf_counter() - start


if options.library == "trio":
    import trio

    seconds = trio.run(with_trio)
else:
    seconds = asyncio.run(with_aiohttp())
print(json.dumps({"typical": seconds * 1000, "repetitions": 1}))
