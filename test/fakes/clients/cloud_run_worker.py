"""Prefect's own Cloud Run worker submits one job to the fake and waits for its end; arguments: address, file with template and variables."""

import asyncio
import json
import os
import sys

os.environ.update(PREFECT_LOGGING_TO_API_ENABLED="false", PREFECT_API_URL="https://pushpool.example/api")
from google.api_core.client_options import ClientOptions  # noqa: E402
from googleapiclient import discovery  # noqa: E402
from prefect.client.schemas.objects import Flow, FlowRun, WorkPool  # noqa: E402
from prefect_gcp.workers.cloud_run_v2 import CloudRunWorkerJobV2Configuration, CloudRunWorkerV2  # noqa: E402


def client_of(endpoint):
    def get_client(configuration):
        credentials = configuration.credentials.get_credentials_from_service_account()
        options = ClientOptions(api_endpoint=endpoint)
        return discovery.build("run", "v2", client_options=options, credentials=credentials).projects().locations()

    return staticmethod(get_client)


async def main(endpoint: str, path: str) -> None:
    given = json.load(open(path))
    run = FlowRun(id=given["flow_run_id"], name=given["flow_run_name"], flow_id=given["flow_id"])
    pool = WorkPool(id=given["work_pool_id"], name=given["work_pool_name"], type="cloud-run-v2", base_job_template={}, default_queue_id=given["work_pool_id"])
    CloudRunWorkerV2._get_client = client_of(endpoint)
    configuration = await CloudRunWorkerJobV2Configuration.from_template_and_values(given["template"], given["variables"])
    configuration.prepare_for_flow_run(run, flow=Flow(id=run.flow_id, name=given["flow_name"]), work_pool=pool)
    worker = CloudRunWorkerV2(work_pool_name=pool.name)
    worker._work_pool = pool
    result = await worker.run(run, configuration)
    assert result.status_code == 0, result


asyncio.run(main(*sys.argv[1:]))
