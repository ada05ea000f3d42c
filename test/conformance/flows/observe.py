"""Watches for the cancellation of one flow run as runners do, and says what it hears: `observe.py RUN_ID`."""

import asyncio
import logging
import sys
import uuid

from prefect._internal.observers import FlowRunCancellingObserver

logging.getLogger("prefect").setLevel(logging.CRITICAL)


async def main() -> None:
    heard = asyncio.Event()

    def on_cancelling(run_id: uuid.UUID) -> None:
        print("cancelling", run_id, flush=True)
        heard.set()

    async with FlowRunCancellingObserver(on_cancelling=on_cancelling, polling_interval=0.5) as observer:
        observer.add_in_flight_flow_run_id(uuid.UUID(sys.argv[1]))
        print("observing", flush=True)
        while not heard.is_set():
            await asyncio.sleep(0.1)
            mode = "asking" if observer._polling_task else "listening"
            print(mode, flush=True)


asyncio.run(main())
