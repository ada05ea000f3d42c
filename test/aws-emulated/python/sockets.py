"""Stands for Prefect's programs: its own events and logs clients against the API in the environment; prints what arrived."""

import asyncio
import json
import sys
import uuid
from datetime import datetime, timezone

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import LogCreate
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.events import Event, Resource
from prefect.events.clients import PrefectEventsClient, get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.logging.clients import get_logs_subscriber

SECONDS = 30


async def events(name: str, sizes: list[int]) -> list[int]:
    arrived: list[int] = []
    wanted = EventFilter(event=EventNameFilter(name=[name]))
    async with get_events_subscriber(filter=wanted) as subscriber:
        async with PrefectEventsClient() as client:
            for size in sizes:
                resource = Resource({"prefect.resource.id": f"{name}.1"})
                await client.emit(Event(event=name, resource=resource, payload={"text": "x" * size}))
            async for event in subscriber:
                if event.event == "pushpool.keep-alive":  # comes to every listener, whatever it asked for (decision 067)
                    continue
                arrived.append(len(event.payload["text"]))
                if len(arrived) == len(sizes):
                    return arrived
    return arrived


async def logs(texts: list[str]) -> list[str]:
    flow_run_id = uuid.uuid4()
    arrived: list[str] = []
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[flow_run_id]))
    async with get_client() as client, get_logs_subscriber(filter=wanted) as subscriber:
        now = datetime.now(timezone.utc)
        await client.create_logs(
            [LogCreate(name="test", level=20, message=text, timestamp=now, flow_run_id=flow_run_id) for text in texts]
        )
        async for log in subscriber:
            arrived.append(log.message)
            if len(arrived) == len(texts):
                return arrived
    return arrived


async def main() -> None:
    what, *rest = sys.argv[1:]
    work = events(rest[0], [int(size) for size in rest[1:]]) if what == "events" else logs(rest)
    print(json.dumps(await asyncio.wait_for(work, SECONDS)))


asyncio.run(main())
