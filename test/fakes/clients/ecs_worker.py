"""Prefect's own ECS worker submits one job to the fake; arguments: its address, and a file with template and variables."""

import asyncio
import json
import os
import sys

os.environ.update(PREFECT_LOGGING_TO_API_ENABLED="false", PREFECT_API_URL="https://pushpool.example/api")
from prefect.client.schemas.objects import Flow, FlowRun, WorkPool  # noqa: E402 (reads the environment when it is imported)
from prefect_aws.workers.ecs_worker import ECSJobConfiguration, ECSWorker  # noqa: E402


async def main(endpoint: str, path: str) -> None:
    given = json.load(open(path))
    run = FlowRun(id=given["flow_run_id"], name=given["flow_run_name"], flow_id=given["flow_id"])
    pool = WorkPool(id=given["work_pool_id"], name=given["work_pool_name"], type="ecs", base_job_template={}, default_queue_id=given["work_pool_id"])
    configuration = await ECSJobConfiguration.from_template_and_values(given["template"], given["variables"])
    configuration.prepare_for_flow_run(run, flow=Flow(id=run.flow_id, name=given["flow_name"]), work_pool=pool)
    worker = ECSWorker(work_pool_name=pool.name)
    worker._work_pool = pool
    result = await worker.run(run, configuration)
    print(result.identifier)


asyncio.run(main(*sys.argv[1:]))
