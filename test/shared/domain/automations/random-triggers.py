"""
Prints, as lines of JSON, random automations, events that come to them late, doubled and at the edges of windows, and when
Prefect's own evaluation fires for them, in virtual time: `python random-triggers.py SEED COUNT`.
"""

import asyncio
import json
import logging
import os
import random
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from uuid import UUID

os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = f"sqlite+aiosqlite:///{tempfile.mkdtemp()}/triggers.db"

import prefect.types._datetime as prefect_time
from prefect.server.database import provide_database_interface
from prefect.server.events.models.automations import automations_session
from prefect.server.events.ordering import EventArrivedEarly, get_triggers_causal_ordering
from prefect.server.events.schemas.automations import Automation
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.events import triggers
from prefect.server.database.orm_models import Base

logging.disable(logging.CRITICAL)
UTC = timezone.utc
START = datetime(2030, 1, 1, tzinfo=UTC)
clock = [START]
prefect_time.now = lambda _zone="UTC": clock[0]
fired: list[list[object]] = []


def new_id() -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def event_trigger(names: list[str], **more) -> dict:
    given = {"type": "event", "posture": "Reactive", "expect": names, "after": [], "for_each": [], "threshold": 1, "within": 0}
    return {**given, **more}


def reactive(names: list[str]) -> dict:
    threshold = random.choice([1, 2, 2, 3])
    within = random.choice([10, 20, 30]) if threshold > 1 else random.choice([0, 0, 20])
    each = random.choice([[], ["prefect.resource.id"]])
    return event_trigger(names, threshold=threshold, within=within, for_each=each)


def automation(kind: str) -> dict:
    if kind == "reactive":
        return reactive(["a"])
    if kind == "after":
        expect = random.choice([["a"], ["a", "b"], []])
        return {**reactive(expect), "after": ["b"], "within": random.choice([0, 10, 20])}
    if kind == "proactive":
        more = {"posture": "Proactive", "after": ["b"], "for_each": ["prefect.resource.id"]}
        expect, threshold = random.choice([(["a"], 1), (["a", "b"], 1), (["a"], 2)])
        return event_trigger(expect, within=random.choice([10, 20]), threshold=threshold, **more)
    children = [reactive([name]) for name in "abc"[: random.choice([2, 3])]]
    within = random.choice([None, 20, 40])
    if random.random() < 0.3:
        children[0] = {"type": "compound", "require": "any", "within": within, "triggers": [reactive(["a"]), reactive(["d"])]}
    if kind == "sequence":
        return {"type": "sequence", "within": within, "triggers": children}
    require = random.choice(["any", "all", random.randint(1, len(children))])
    return {"type": "compound", "require": require, "within": within, "triggers": children}


def arrivals(kind: str, given: dict) -> list[dict]:
    """Events by the second of their arrival; what has `after` or is Proactive gets them in their order (decision 042)."""
    ordered = kind in ("after", "proactive")
    second, steps = 0, []
    windows: dict[str, list[int]] = {}
    for _ in range(random.randint(4, 16)):
        second += random.choice([0 if kind == "reactive" else 1, 1, 5, 9, 10, 10, 11, 15])
        late = 0 if ordered else min(second, random.choice([0, 0, 0, 1, 5, 10]))
        resource = random.choice(["r.1", "r.1", "r.2"])
        step = {"at": second, "id": str(new_id()), "name": random.choice("aaab" if ordered else "aabbcd"), "late": late, "resource": resource}
        if kind == "proactive" and is_forgotten(given, windows, step):
            continue
        steps.append(step)
        if random.random() < 0.2:
            steps.append(step)
    return steps


def is_forgotten(trigger: dict, windows: dict[str, list[int]], step: dict) -> bool:
    """
    An opening event in a window whose awaited event has come: whether Prefect forgets it depends on when it last looked at its
    windows, so there is none of these here.
    """
    window = windows.get(step["resource"])
    is_open = window is not None and step["at"] < window[0] + trigger["within"]
    if step["name"] == "a":
        if is_open:
            window[1] += 1
        return False
    if is_open and window[1] >= trigger["threshold"] and trigger["expect"] == ["a"]:
        return True
    if not is_open or trigger["expect"] != ["a"]:
        windows[step["resource"]] = [step["at"], 0]
    return False


async def note(firing) -> None:
    event = firing.triggering_event
    fired.append([int((clock[0] - START).total_seconds()), str(event.id) if event else None])


triggers.act = note


async def tick(second: int) -> None:
    clock[0] = START + timedelta(seconds=second)
    await triggers.evaluate_proactive_triggers()


async def receive(step: dict) -> None:
    if await get_triggers_causal_ordering().event_has_been_seen(UUID(step["id"])):
        return
    await sweep()
    event = ReceivedEvent(
        id=UUID(step["id"]),
        occurred=clock[0] - timedelta(seconds=step["late"]),
        received=clock[0],
        event=step["name"],
        resource={"prefect.resource.id": step["resource"]},
    )
    try:
        await triggers.reactive_evaluation(event)
    except EventArrivedEarly:
        pass


async def sweep() -> None:
    async with automations_session() as session:
        await triggers.sweep_closed_buckets(session, clock[0] - timedelta(seconds=60))
        await session.commit()


async def play(kind: str) -> None:
    global fired
    fired = []
    await triggers.reset()
    given = automation(kind)
    steps = arrivals(kind, given)
    loaded = Automation(id=new_id(), name="x", trigger=json.loads(json.dumps(given)), actions=[{"type": "do-nothing"}])
    async with automations_session(begin_transaction=True) as session:
        row = loaded.model_dump(include={"id", "name", "trigger", "actions"})
        session.add(provide_database_interface().Automation(**row))
    triggers.load_automation(loaded)
    clock[0] = START
    second = 0
    for step in [*steps, None]:
        until = step["at"] if step else second + 60
        while second < until:
            second += 1
            if kind == "proactive":
                await tick(second)
        clock[0] = START + timedelta(seconds=second)
        if step:
            await receive(step)
    print(json.dumps({"kind": kind, "trigger": given, "steps": steps, "fired": fired}), flush=True)


async def main(seed: str, count: int) -> None:
    random.seed(seed)
    db = provide_database_interface()
    engine = await db.database_config.engine()
    tables = [model.__table__ for model in (db.Automation, db.AutomationBucket, db.CompositeTriggerChildFiring)]
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: Base.metadata.create_all(sync, tables=tables))
    for number in range(count):
        await play(["reactive", "after", "proactive", "compound", "sequence"][number % 5])


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
