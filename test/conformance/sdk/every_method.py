"""Calls every public method of Prefect's client, async (`async`) or sync (`sync`), and checks what each gives.

Prints one JSON object: the methods that failed with why, those that no case calls, and how many were called. The methods are
found by introspection, so that one which a later Prefect adds is reported until a case calls it.
"""

import asyncio
import inspect
import json
import sys
import traceback
from datetime import datetime, timedelta, timezone
from uuid import UUID, uuid4

from prefect import flow, task
from prefect.client.orchestration import PrefectClient, SyncPrefectClient, get_client
from prefect.client.schemas import actions, filters, objects
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.actions import DoNothing
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Completed, Running, Scheduled

NO_OPERATION = {
    "apply_slas_for_deployment": "Prefect Cloud alone",
    "create_deployment_branch": "Prefect Cloud alone",
    "api_version": "says what the client itself is",
    "client_version": "says what the client itself is",
}
CASES = []


def case(function):
    CASES.append(function)
    return function


class Uniform:
    """One way to call both clients, which notes what was called."""

    def __init__(self, client):
        self.client, self.called = client, set()

    def __getattr__(self, name):
        method = getattr(self.client, name)
        self.called.add(name)

        async def call(*args, **kwargs):
            result = method(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call


class World:
    """What the cases share; every name carries the kind of client, as both use one home."""

    def __init__(self, kind):
        self.kind = kind

    def name(self, text):
        return f"sdk-{self.kind}-{text}"


async def gone(awaitable):
    try:
        await awaitable
    except ObjectNotFound:
        return True
    except PrefectHTTPStatusError as error:
        return error.response.status_code == 404
    return False


@flow
def shown():
    pass


@task
def counted():
    pass


@case
async def the_server(c, w):
    assert await c.api_healthcheck() is None
    assert "👋" in (await c.hello()).text
    await c.raise_for_api_version_mismatch()
    await c.raise_for_api_version_mismatch_once()
    assert (await c.request("GET", "/admin/version")).json() == "3.8.8"
    assert "process:push" in json.dumps(await c.read_worker_metadata())


@case
async def flows(c, w):
    w.flow_id = await c.create_flow_from_name(w.name("flow"))
    assert await c.create_flow(shown.with_options(name=w.name("flow"))) == w.flow_id
    assert (await c.read_flow(w.flow_id)).name == w.name("flow")
    assert (await c.read_flow_by_name(w.name("flow"))).id == w.flow_id
    by_name = filters.FlowFilter(name=filters.FlowFilterName(any_=[w.name("flow")]))
    assert [f.id for f in await c.read_flows(flow_filter=by_name)] == [w.flow_id]
    other = await c.create_flow_from_name(w.name("other"))
    await c.delete_flow(other)
    assert await gone(c.read_flow(other))


@case
async def work_pools(c, w):
    w.pool = w.name("pool")
    created = await c.create_work_pool(actions.WorkPoolCreate(name=w.pool, type="process"))
    assert created.is_paused is False
    await c.update_work_pool(w.pool, actions.WorkPoolUpdate(description="changed", concurrency_limit=3))
    assert (await c.read_work_pool(w.pool)).description == "changed"
    by_name = filters.WorkPoolFilter(name=filters.WorkPoolFilterName(any_=[w.pool]))
    assert [p.name for p in await c.read_work_pools(work_pool_filter=by_name)] == [w.pool]
    await c.send_worker_heartbeat(w.pool, "worker", heartbeat_interval_seconds=30)
    assert [x.name for x in await c.read_workers_for_work_pool(w.pool)] == ["worker"]
    assert (await c.read_work_pool_concurrency_status(w.pool)).concurrency_limit == 3
    await c.create_work_pool(actions.WorkPoolCreate(name=w.name("short"), type="process"))
    await c.delete_work_pool(w.name("short"))
    assert await gone(c.read_work_pool(w.name("short")))


@case
async def work_queues(c, w):
    queue = await c.create_work_queue("urgent", description="first", priority=1, work_pool_name=w.pool)
    assert (await c.read_work_queue(queue.id)).name == "urgent"
    assert (await c.read_work_queue_by_name("urgent", work_pool_name=w.pool)).id == queue.id
    await c.update_work_queue(queue.id, description="changed", concurrency_limit=2)
    assert (await c.read_work_queue(queue.id)).concurrency_limit == 2
    assert {q.name for q in await c.read_work_queues(work_pool_name=w.pool)} == {"default", "urgent"}
    assert [q.name for q in await c.match_work_queues(["urg"], work_pool_name=w.pool)] == ["urgent"]
    assert (await c.read_work_queue_status(queue.id)).late_runs_count == 0
    assert (await c.read_work_queue_concurrency_status(queue.id)).active_slots == 0
    assert await c.get_runs_in_work_queue(queue.id) == []
    await c.delete_work_queue_by_id(queue.id)
    assert await gone(c.read_work_queue(queue.id))


@case
async def deployments(c, w):
    w.deployment_id = await c.create_deployment(w.flow_id, w.name("deployment"), work_pool_name=w.pool, tags=["sdk"])
    deployment = await c.read_deployment(w.deployment_id)
    assert deployment.work_pool_name == w.pool and deployment.tags == ["sdk"]
    full = f"{w.name('flow')}/{w.name('deployment')}"
    assert (await c.read_deployment_by_name(full)).id == w.deployment_id
    await c.update_deployment(w.deployment_id, actions.DeploymentUpdate(description="changed"))
    assert (await c.read_deployment(w.deployment_id)).description == "changed"
    await c.pause_deployment(w.deployment_id)
    assert (await c.read_deployment(w.deployment_id)).paused
    await c.resume_deployment(w.deployment_id)
    await c.set_deployment_paused_state(w.deployment_id, True)
    assert (await c.read_deployment(w.deployment_id)).paused
    await c.set_deployment_paused_state(w.deployment_id, False)
    by_id = filters.DeploymentFilter(id=filters.DeploymentFilterId(any_=[w.deployment_id]))
    assert [d.id for d in await c.read_deployments(deployment_filter=by_id)] == [w.deployment_id]
    other = await c.create_deployment(w.flow_id, w.name("short"))
    await c.delete_deployment(other)
    assert await gone(c.read_deployment(other))


@case
async def schedules(c, w):
    daily = CronSchedule(cron="0 6 * * *", timezone="UTC")
    [made] = await c.create_deployment_schedules(w.deployment_id, [(daily, True)], max_scheduled_runs=2)
    assert made.max_scheduled_runs == 2
    await c.update_deployment_schedule(w.deployment_id, made.id, active=False)
    assert [s.active for s in await c.read_deployment_schedules(w.deployment_id)] == [False]
    await c.update_deployment_schedule(w.deployment_id, made.id, active=True)
    later = datetime.now(timezone.utc) + timedelta(days=30)
    runs = await c.get_scheduled_flow_runs_for_deployments([w.deployment_id], scheduled_before=later)
    assert runs and all(run.auto_scheduled for run in runs)
    given = await c.get_scheduled_flow_runs_for_work_pool(w.pool, scheduled_before=later)
    assert {one.flow_run.deployment_id for one in given} == {w.deployment_id}
    await c.delete_deployment_schedule(w.deployment_id, made.id)
    assert await c.read_deployment_schedules(w.deployment_id) == []


@case
async def flow_runs(c, w):
    run = await c.create_flow_run(shown.with_options(name=w.name("flow")), name="made", state=Running())
    w.run_id = run.id
    assert (await c.read_flow_run(run.id)).state_name == "Running"
    await c.set_flow_run_name(run.id, "named")
    await c.update_flow_run(run.id, tags=["sdk"], infrastructure_pid="1")
    await c.update_flow_run_labels(run.id, {"colour": "blue"})
    read = await c.read_flow_run(run.id)
    assert (read.name, read.tags, read.labels["colour"]) == ("named", ["sdk"], "blue")
    by_id = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[run.id]))
    assert [r.id for r in await c.read_flow_runs(flow_run_filter=by_id)] == [run.id]
    assert await c.count_flow_runs(flow_run_filter=by_id) == 1
    later = Scheduled(scheduled_time=datetime.now(timezone.utc) + timedelta(days=1))
    planned = await c.create_flow_run_from_deployment(w.deployment_id, state=later, name="planned")
    assert planned.deployment_id == w.deployment_id
    await c.delete_flow_run(planned.id)
    assert await gone(c.read_flow_run(planned.id))


@case
async def states(c, w):
    kept = await c.read_flow_run_states(w.run_id)
    assert [s.name for s in kept] == ["Running"]
    assert (await c.read_flow_run_state(kept[0].id)).name == "Running"
    paused = objects.State(type="PAUSED", state_details={"pause_timeout": datetime.now(timezone.utc) + timedelta(hours=1)})
    assert (await c.set_flow_run_state(w.run_id, paused)).status.value == "ACCEPT"
    assert (await c.resume_flow_run(w.run_id)).status.value == "ACCEPT"
    assert (await c.read_flow_run(w.run_id)).state_name == "Running"


@case
async def inputs(c, w):
    await c.create_flow_run_input(w.run_id, "answer", '{"yes": true}', sender="prefect.flow-run.x")
    assert json.loads(await c.read_flow_run_input(w.run_id, "answer")) == {"yes": True}
    assert [i.key for i in await c.filter_flow_run_input(w.run_id, "ans", 5, set())] == ["answer"]
    await c.delete_flow_run_input(w.run_id, "answer")
    assert await c.filter_flow_run_input(w.run_id, "ans", 5, set()) == []


@case
async def task_runs(c, w):
    run = await c.create_task_run(counted, w.run_id, "0", name="task", state=Running())
    w.task_run_id = run.id
    await c.set_task_run_name(run.id, "named")
    assert (await c.read_task_run(run.id)).name == "named"
    assert (await c.set_task_run_state(run.id, Completed())).status.value == "ACCEPT"
    assert [s.name for s in await c.read_task_run_states(run.id)] == ["Running", "Completed"]
    by_id = filters.TaskRunFilter(id=filters.TaskRunFilterId(any_=[run.id]))
    assert [r.id for r in await c.read_task_runs(task_run_filter=by_id)] == [run.id]
    other = await c.create_task_run(counted, w.run_id, "1")
    await c.delete_task_run(other.id)
    assert await gone(c.read_task_run(other.id))


@case
async def logs(c, w):
    line = actions.LogCreate(name="sdk", level=20, message="said", timestamp=datetime.now(timezone.utc), flow_run_id=w.run_id)
    await c.create_logs([line])
    by_run = filters.LogFilter(flow_run_id=filters.LogFilterFlowRunId(any_=[w.run_id]))
    assert [log.message for log in await c.read_logs(by_run)] == ["said"]
    assert "said" in [log.message for log in await c.read_logs()]


@case
async def artifacts(c, w):
    key = w.name("artifact")
    made = await c.create_artifact(actions.ArtifactCreate(key=key, type="markdown", data="first", flow_run_id=w.run_id))
    await c.update_artifact(made.id, actions.ArtifactUpdate(data="second"))
    by_key = filters.ArtifactFilter(key=filters.ArtifactFilterKey(any_=[key]))
    assert [a.data for a in await c.read_artifacts(artifact_filter=by_key)] == ["second"]
    newest = filters.ArtifactCollectionFilter(key=filters.ArtifactCollectionFilterKey(any_=[key]))
    assert [a.latest_id for a in await c.read_latest_artifacts(artifact_filter=newest)] == [made.id]
    await c.delete_artifact(made.id)
    assert await c.read_artifacts(artifact_filter=by_key) == []


@case
async def variables(c, w):
    name = w.name("variable").replace("-", "_")
    made = await c.create_variable(actions.VariableCreate(name=name, value={"a": [1, None]}))
    assert (await c.read_variable_by_name(name)).value == {"a": [1, None]}
    await c.update_variable(actions.VariableUpdate(name=name, value=2))
    assert 2 in [v.value for v in await c.read_variables() if v.id == made.id]
    await c.delete_variable_by_name(name)
    assert await c.read_variable_by_name(name) is None


@case
async def blocks(c, w):
    kind = await c.create_block_type(actions.BlockTypeCreate(name=w.name("Kind"), slug=w.name("kind")))
    assert (await c.read_block_type_by_slug(kind.slug)).id == kind.id
    await c.update_block_type(kind.id, actions.BlockTypeUpdate(description="changed"))
    assert "changed" in [k.description for k in await c.read_block_types() if k.id == kind.id]
    fields = {"title": "Kind", "type": "object", "properties": {"word": {"type": "string"}}, "secret_fields": ["word"], "block_type_slug": kind.slug}
    schema = await c.create_block_schema(actions.BlockSchemaCreate(fields=fields, block_type_id=kind.id))
    assert (await c.read_block_schema_by_checksum(schema.checksum)).id == schema.id
    assert (await c.get_most_recent_block_schema_for_block_type(kind.id)).id == schema.id
    assert schema.checksum in [s.checksum for s in await c.read_block_schemas()]
    document = await c.create_block_document(
        actions.BlockDocumentCreate(name="document", data={"word": "secret"}, block_schema_id=schema.id, block_type_id=kind.id)
    )
    assert (await c.read_block_document(document.id)).data == {"word": "secret"}
    assert (await c.read_block_document(document.id, include_secrets=False)).data == {"word": "********"}
    await c.update_block_document(document.id, actions.BlockDocumentUpdate(data={"word": "other"}))
    assert (await c.read_block_document_by_name("document", kind.slug)).data == {"word": "other"}
    assert [d.id for d in await c.read_block_documents_by_type(kind.slug)] == [document.id]
    assert document.id in [d.id for d in await c.read_block_documents()]
    await c.delete_block_document(document.id)
    assert await gone(c.read_block_document(document.id))
    await c.delete_block_type(kind.id)
    assert await gone(c.read_block_type_by_slug(kind.slug))


@case
async def default_storage(c, w):
    kind = await c.read_block_type_by_slug("local-file-system")
    schema = await c.get_most_recent_block_schema_for_block_type(kind.id)
    place = await c.create_block_document(
        actions.BlockDocumentCreate(name=w.name("place"), data={"basepath": "/tmp"}, block_schema_id=schema.id, block_type_id=kind.id)
    )
    await c.update_server_default_result_storage(place.id)
    assert (await c.read_server_default_result_storage()).default_result_storage_block_id == place.id
    await c.clear_server_default_result_storage()
    assert (await c.read_server_default_result_storage()).default_result_storage_block_id is None
    await c.delete_block_document(place.id)


@case
async def limits_by_tag(c, w):
    tag = w.name("tag")
    limit_id = await c.create_concurrency_limit(tag, 1)
    assert (await c.read_concurrency_limit_by_tag(tag)).id == limit_id
    assert tag in [limit.tag for limit in await c.read_concurrency_limits(limit=200, offset=0)]
    holder = uuid4()
    assert (await c.increment_v1_concurrency_slots([tag], holder)).status_code == 200
    assert (await c.read_concurrency_limit_by_tag(tag)).active_slots == [holder]
    assert (await c.decrement_v1_concurrency_slots([tag], holder, 1.0)).status_code == 200
    await c.reset_concurrency_limit_by_tag(tag)
    assert (await c.read_concurrency_limit_by_tag(tag)).active_slots == []
    await c.delete_concurrency_limit_by_tag(tag)
    assert await gone(c.read_concurrency_limit_by_tag(tag))


@case
async def global_limits(c, w):
    name = w.name("limit")
    limit_id = await c.create_global_concurrency_limit(actions.GlobalConcurrencyLimitCreate(name=name, limit=2))
    assert isinstance(limit_id, UUID)
    await c.update_global_concurrency_limit(name, actions.GlobalConcurrencyLimitUpdate(limit=3))
    await c.upsert_global_concurrency_limit_by_name(name, 4)
    assert (await c.read_global_concurrency_limit_by_name(name)).limit == 4
    assert name in [limit.name for limit in await c.read_global_concurrency_limits(limit=200)]
    assert (await c.increment_concurrency_slots([name], 2, "concurrency")).json()[0]["limit"] == 4
    assert (await c.read_global_concurrency_limit_by_name(name)).active_slots == 2
    assert (await c.release_concurrency_slots([name], 2, 1.0)).status_code == 200
    lease = (await c.increment_concurrency_slots_with_lease([name], 1, "concurrency", 60)).json()["lease_id"]
    assert (await c.renew_concurrency_lease(UUID(lease), 60)).status_code == 204
    await c.release_concurrency_slots_with_lease(UUID(lease))
    assert (await c.read_global_concurrency_limit_by_name(name)).active_slots == 0
    await c.delete_global_concurrency_limit_by_name(name)
    assert await gone(c.read_global_concurrency_limit_by_name(name))


@case
async def automations(c, w):
    core = AutomationCore(
        name=w.name("automation"),
        trigger=EventTrigger(expect={"sdk.happened"}, posture=Posture.Reactive, threshold=1, within=0),
        # The client leaves out of a change what was not given by name, and an action without its type is none.
        actions=[DoNothing(type="do-nothing")],
    )
    made = await c.create_automation(core)
    assert (await c.read_automation(made)).name == core.name
    await c.pause_automation(made)
    assert (await c.read_automation(made)).enabled is False
    await c.resume_automation(made)
    await c.update_automation(made, core.model_copy(update={"description": "changed"}))
    assert (await c.find_automation(core.name)).description == "changed"
    assert [a.id for a in await c.read_automations_by_name(core.name)] == [made]
    assert made in [a.id for a in await c.read_automations()]
    resource = f"prefect.deployment.{w.deployment_id}"
    assert await c.read_resource_related_automations(resource) == []
    await c.delete_resource_owned_automations(resource)
    await c.delete_automation(made)
    assert await gone(c.read_automation(made))


@case
async def events(c, w):
    names = [w.name("happened") for _ in range(3)]
    body = [
        {"id": str(uuid4()), "event": name, "occurred": datetime.now(timezone.utc).isoformat(), "resource": {"prefect.resource.id": "sdk.thing"}}
        for name in names
    ]
    await c.request("POST", "/events", json=body)
    page = await c.read_events(EventFilter(event=EventNameFilter(name=[names[0]])), limit=2)
    assert (len(page.events), page.total) == (2, 3)
    assert len((await c.read_events_page(page.next_page)).events) == 1


async def call_all(client, kind):
    c, w, failed = Uniform(client), World(kind), {}
    for one in CASES:
        try:
            await one(c, w)
        except Exception:
            failed[one.__name__] = traceback.format_exc(limit=-3)
    public = {name for name, _ in inspect.getmembers(type(client), callable) if not name.startswith("_")}
    left_out = sorted(public - c.called - NO_OPERATION.keys())
    return {"failed": failed, "left_out": left_out, "called": len(c.called)}


async def main(kind):
    if kind == "sync":
        with get_client(sync_client=True) as client:
            assert isinstance(client, SyncPrefectClient)
            return await call_all(client, kind)
    async with get_client() as client:
        assert isinstance(client, PrefectClient)
        return await call_all(client, kind)


print(json.dumps({kind: asyncio.run(main(kind)) for kind in sys.argv[1:]}))
