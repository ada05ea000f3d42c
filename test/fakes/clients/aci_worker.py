"""Prefect's own Azure worker deploys one job to the fake, waits for its end and deletes it; arguments: address, file with template and variables."""

import asyncio
import json
import os
import sys

os.environ.update(PREFECT_LOGGING_TO_API_ENABLED="false", PREFECT_API_URL="https://pushpool.example/api")
from azure.mgmt.containerinstance import ContainerInstanceManagementClient  # noqa: E402
from azure.mgmt.resource import ResourceManagementClient  # noqa: E402
from azure_fake import Credential, ToTheFake  # noqa: E402
from prefect.client.schemas.objects import Flow, FlowRun, WorkPool  # noqa: E402
from prefect_azure.credentials import AzureContainerInstanceCredentials  # noqa: E402
from prefect_azure.workers import container_instance  # noqa: E402


def clients_of(endpoint):
    def client(of, **more):
        def get(block, subscription_id):
            credential = Credential(endpoint, block.tenant_id, block.client_id, block.client_secret.get_secret_value())
            return of(credential, subscription_id, per_call_policies=[ToTheFake(endpoint)], **more)

        return get

    return client


async def main(endpoint: str, path: str) -> None:
    given = json.load(open(path))
    run = FlowRun(id=given["flow_run_id"], name=given["flow_run_name"], flow_id=given["flow_id"])
    flow = Flow(id=run.flow_id, name=given["flow_name"])
    pool = WorkPool(id=given["work_pool_id"], name=given["work_pool_name"], type="azure-container-instance", base_job_template={}, default_queue_id=given["work_pool_id"])
    client = clients_of(endpoint)
    # the version of Azure's API that the fake speaks
    AzureContainerInstanceCredentials.get_container_client = client(ContainerInstanceManagementClient, api_version="2023-05-01")
    AzureContainerInstanceCredentials.get_resource_client = client(ResourceManagementClient)

    class Api:
        async def read_flow(self, _id):
            return flow

    container_instance.get_client = Api
    configuration = await container_instance.AzureContainerJobConfiguration.from_template_and_values(given["template"], given["variables"])
    configuration.prepare_for_flow_run(run, flow=flow, work_pool=pool)
    configuration.task_watch_poll_interval = 0.2
    worker = container_instance.AzureContainerWorker(work_pool_name=pool.name)
    worker._work_pool = pool
    result = await worker.run(run, configuration)
    assert result.status_code == 0, result


asyncio.run(main(*sys.argv[1:]))
