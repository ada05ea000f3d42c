"""Writes vectors.json: the jobs that Prefect's own worker code makes of templates and job variables.

    python test/shared/domain/job-template/data/make-vectors.py     (a Python that has Prefect)
"""

import asyncio
import copy
import json
import pathlib
import random
from datetime import datetime, timezone
from types import SimpleNamespace
from uuid import UUID

from prefect.client.schemas.objects import Flow, FlowRun, WorkPool
from prefect.exceptions import ObjectNotFound
from prefect.workers.base import BaseJobConfiguration
from pydantic import ConfigDict

BLOCK_ID = "11111111-1111-4111-8111-111111111111"
LOST_ID = "22222222-2222-4222-8222-222222222222"
DATA = {"user": "u", "nested": {"list": [{"k": "v"}, 1], "flag": True, "none": None}, "values": [1, 2]}
BLOCKS_BY_ID = {BLOCK_ID: {"token": "t0k3n", "say": "{{ prefect.variables.city }}"}}
BLOCKS_BY_NAME = {
    "secret/plain": {"value": "s3cret"},
    "secret/number": {"value": 7},
    "json/alone": {"value": DATA},
    "creds/full": DATA,
    "creds/asks": {"value": "{{ prefect.variables.city }}"},
}
VARIABLES = {"city": "Köln", "count": 3, "yes": True, "map": {"a": [1, "b"]}, "null": None, "list": ["x"]}


class Client:
    async def read_block_document(self, id):
        if str(id) not in BLOCKS_BY_ID:
            raise ObjectNotFound(http_exc=None)
        return SimpleNamespace(data=copy.deepcopy(BLOCKS_BY_ID[str(id)]))

    async def read_block_document_by_name(self, name, block_type_slug):
        key = f"{block_type_slug}/{name}"
        if key not in BLOCKS_BY_NAME:
            raise ObjectNotFound(http_exc=None)
        return SimpleNamespace(data=copy.deepcopy(BLOCKS_BY_NAME[key]))

    async def read_variable_by_name(self, name):
        return SimpleNamespace(value=VARIABLES[name]) if name in VARIABLES else None


class Configuration(BaseJobConfiguration):
    model_config = ConfigDict(extra="allow")

    @classmethod
    def _base_environment(cls):
        return {"PREFECT_API_URL": "https://host/api", "PREFECT_API_AUTH_STRING": "token"}


NOW = datetime(2026, 11, 24, 1, 52, 7, 971417, tzinfo=timezone.utc)
FLOW = Flow(id=UUID(int=1), created=NOW, updated=NOW, name="my flow", tags=["t"])
POOL = WorkPool(id=UUID(int=2), name="pool", type="process", created=NOW, updated=NOW, default_queue_id=UUID(int=3))
RUN = FlowRun(
    id=UUID(int=4), created=NOW, updated=NOW, name="calm-otter", flow_id=FLOW.id, deployment_id=UUID(int=5), tags=["a"]
)


def deployment(job_variables, updated):
    return SimpleNamespace(id=UUID(int=5), name="my deployment", updated=updated, job_variables=job_variables)


async def outcome(case):
    run = RUN.model_copy(update={"job_variables": copy.deepcopy(case["run"]), "_": None})
    owner = deployment(copy.deepcopy(case["deployment"]), NOW)
    pool = POOL.model_copy(update={"base_job_template": copy.deepcopy(case["template"])})

    class Api(Client):
        async def read_flow(self, id):
            return FLOW

    try:
        configuration = await Configuration.resolve_for_flow_run(
            run, client=Api(), work_pool=pool, worker_name=None, deployment=owner
        )
    except Exception as exc:
        return {"error": type(exc).__name__}
    return {"job": configuration.model_dump(mode="json")}


def template(configuration, properties=None):
    base = {"command": "{{ command }}", "env": "{{ env }}", "labels": "{{ labels }}", "name": "{{ name }}"}
    declared = {"command": {}, "env": {}, "labels": {}, "name": {}}
    return {
        "job_configuration": {**base, **configuration},
        "variables": {"type": "object", "properties": {**declared, **(properties or {})}},
    }


def case(configuration, properties=None, deployment=None, run=None):
    return {
        "template": template(configuration, properties),
        "deployment": deployment or {},
        "run": run or {},
    }


CASES = [
    case({}),
    case({"x": "{{ a }}"}),
    case({"x": "{{ a }}"}, deployment={"a": None}),
    case({"x": "{{ a }}"}, {"a": {"default": None}}),
    case({"x": "{{ a }}"}, {"a": {"default": 5}}, deployment={"a": None}),
    case({"x": "{{a}}", "y": "{{   a   }}", "z": "{{ a}} {{a }}", "w": "{ {a} }"}, deployment={"a": 1.5}),
    case({"x": "-{{ a }}-{{ b }}-"}, deployment={"a": True}),
    case({"x": "v={{ a }}"}, deployment={"a": {"k": [1, None, "s", False]}}),
    case({"x": ["{{ a }}", "{{ b }}", {"k": "{{ b }}"}], "y": {"k": "{{ b }}"}}, deployment={"a": [1]}),
    case({"x": "{{ a.b[0].c }}", "y": "{{ a.b[1] }}", "z": "{{ a.b.0.c }}", "w": "{{ a.1 }}"}, deployment={"a": {"b": [{"c": 1}], "1": 2}}),
    case({"x": "{{ a[-1] }}", "y": "{{ s[0] }}", "z": "{{ s.length }}"}, deployment={"a": [1, 2], "s": "text"}),
    case({"x": "{{ $NOT_SET_ANYWHERE }}", "y": "a{{ $NOT_SET_ANYWHERE }}b"}),
    case({"x": "{{ a }}"}, deployment={"a": "{{ b }}", "b": 1}),
    case({"x": None, "y": True, "z": 1, "w": [None]}),
    # env
    case({}, {"env": {"default": {"A": "1"}}}, deployment={"env": {"B": 2, "C": None}}, run={"env": {"B": "3", "D": True}}),
    case({}, {"env": {"default": {"A": "1"}}}, run={"env": {"B": "3"}}),
    case({}, {"env": {"default": {}}}, deployment={"env": {"B": "3"}}),
    case({"env": {"T": "{{ t }}", "A": "template"}}, {"env": {"default": {"A": "default"}}}, deployment={"t": 5, "env": {"A": "given"}}),
    case({"env": {"T": "x{{ t }}", "A": "template"}}, {"env": {"default": {"A": "default"}}}),
    case({"env": {"T": "{{ t }}"}}, deployment={"env": {"A": "given"}}),
    case({}, deployment={"env.A": "dotted", "env": {"A": "nested", "B": "b"}}),
    case({}, deployment={"env.A": "dotted"}, run={"env.B": "b"}),
    case({}, deployment={"env": {"A": "1"}}, run={"env.B": "b"}),
    case({}, deployment={"env": {"PREFECT__FLOW_NAME": "mine", "PREFECT__FLOW_ID": None}}),
    # dotted
    case({"r": "{{ r }}", "c": "{{ r.cpu }}"}, deployment={"r.cpu": 1, "r.mem.size": 2, "r": {"mem": {"unit": "G"}}}),
    case({"r": "{{ r }}"}, {"r": {"default": {"a": 1}}}, deployment={"r.cpu": 1}),
    case({"r": "{{ r }}"}, deployment={"r.cpu": 1, "r": 5}),
    case({"r": "{{ r }}"}, deployment={"r.a": 1, "r.a.b": 2}),
    case({"r": "{{ r }}"}, deployment={"r[0].a": 1}),
    # names, labels, commands
    case({}, deployment={"name": "n-{{ ctx.flow.name }}-{{ ctx.flow_run.name }}"}),
    case({}, deployment={"name": "{{ ctx.flow_run.name }}"}),
    case({}, deployment={"name": "{{ ctx.nothing }}"}),
    case({}, deployment={"name": "x{{ ctx.nothing }}y"}),
    case({"name": "{{ ctx.flow.name }}"}),
    case({}, deployment={"name": ""}),
    case({}, deployment={"labels": {"a": "b", "prefect.io/version": "mine"}}),
    case({}, deployment={"command": "python x.py"}),
    case({}, deployment={"command": ""}),
    case({}, deployment={"command": "a"}, run={"command": "b"}),
    # blocks
    case({"x": "{{ c }}"}, {"c": {"default": {"$ref": {"block_document_id": BLOCK_ID}}}}),
    case({"x": "{{ c }}"}, {"c": {"default": {"$ref": {"block_document_id": LOST_ID}}}}),
    case({"x": [{"$ref": {"block_document_id": BLOCK_ID}}]}),
    case({"x": "{{ prefect.blocks.secret.plain }}", "y": "a/{{ prefect.blocks.secret.plain }}/b"}),
    case({"x": "{{ prefect.blocks.secret.number }}", "y": "{{ prefect.blocks.secret.number }}!"}),
    case({"x": "{{ prefect.blocks.secret.plain.value }}"}),
    case({"x": "{{ prefect.blocks.json.alone.nested.list[0].k }}", "y": "{{ prefect.blocks.json.alone.value.user }}"}),
    case({"x": "{{ prefect.blocks.json.alone.values }}", "y": "{{ prefect.blocks.json.alone.value.values[1] }}"}),
    case({"x": "{{ prefect.blocks.creds.full }}", "y": "{{ prefect.blocks.creds.full.values }}"}),
    case({"x": "{{ prefect.blocks.creds.full.nested.none }}", "y": "<{{ prefect.blocks.creds.full.nested.flag }}>"}),
    case({"x": "<{{ prefect.blocks.creds.full.nested }}>"}),
    case({"x": "{{ prefect.blocks.creds.full.nope }}"}),
    case({"x": "{{ prefect.blocks.creds.lost }}"}),
    case({"x": "{{ prefect.blocks.creds }}"}),
    case({"x": "{{ a }} {{ prefect.blocks.secret.plain }}"}, deployment={"a": 1}),
    case({"x": "{{ a }}"}, deployment={"a": "{{ prefect.blocks.secret.plain }}"}),
    case({"x": "{{ prefect.blocks.creds.asks }}"}),
    # variables
    case({"x": "{{ prefect.variables.city }}", "y": "in {{ prefect.variables.city }}."}),
    case({"x": "{{ prefect.variables.map }}", "y": "in {{ prefect.variables.map }}."}),
    case({"x": "{{ prefect.variables.count }}", "y": "{{ prefect.variables.yes }}{{ prefect.variables.null }}"}),
    case({"x": "{{ prefect.variables.null }}", "y": "{{ prefect.variables.lost }}", "z": "a{{ prefect.variables.lost }}b"}),
    case({"x": "{{ a }}"}, deployment={"a": ["{{ prefect.variables.list }}"]}),
    case({}, deployment={"env": {"CITY": "{{ prefect.variables.city }}", "N": "{{ prefect.variables.count }}"}}),
]

random.seed(7)
ATOMS = [None, True, 0, 2.5, "s", "", "é", [], {}, [1, "x"], {"k": "v"}, {"k": {"deep": [1]}}]
NAMES = ["a", "b", "c", "cpu", "opts"]


def text():
    pieces = ["", "-", "x", "{{ a }}", "{{ b.k }}", "{{c}}", "{{ opts.k.deep[0] }}", "{{ cpu }}", "{{ nope }}", "{{ prefect.variables.city }}"]
    return "".join(random.choice(pieces) for _ in range(random.randint(1, 3)))


def value(depth=0):
    kind = random.random()
    if depth > 2 or kind < 0.5:
        return text()
    if kind < 0.7:
        return random.choice(ATOMS)
    if kind < 0.85:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    return {random.choice("pqrs"): value(depth + 1) for _ in range(random.randint(0, 3))}


def variables():
    return {random.choice(NAMES): random.choice(ATOMS) for _ in range(random.randint(0, 4))}


for _ in range(250):
    properties = {name: ({"default": random.choice(ATOMS)} if random.random() < 0.6 else {}) for name in NAMES}
    CASES.append(case({key: value() for key in "uvw"}, properties, variables(), variables()))


async def main():
    vectors = [{**each, "outcome": await outcome(each)} for each in CASES]
    known = {"blockDocuments": BLOCKS_BY_ID, "blocksByName": BLOCKS_BY_NAME, "variables": VARIABLES}
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in vectors)
    target = pathlib.Path(__file__).with_name("vectors.json")
    target.write_text('{"known": ' + json.dumps(known, ensure_ascii=False) + ',\n"vectors": [\n' + lines + "\n]}\n")
    print(len(vectors), "vectors,", sum("error" in each["outcome"] for each in vectors), "of them errors")


asyncio.run(main())
