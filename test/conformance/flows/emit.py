"""Stands for the engine: sends events of the given numbers of characters through Prefect's own events client, in order."""

import asyncio
import sys
import uuid

from prefect.events import Event, Resource
from prefect.events.clients import PrefectEventsClient


async def main() -> None:
    async with PrefectEventsClient() as client:
        for number, characters in enumerate(sys.argv[1:]):
            event = Event(
                id=uuid.UUID(int=number),
                event="example",
                resource=Resource({"prefect.resource.id": "example.1"}),
                payload={"text": "x" * int(characters)},
            )
            try:
                await client.emit(event)
            except Exception as error:
                print(f"lost {number}: {type(error).__name__}")


asyncio.run(main())
