"""Azure's Python SDK against the fake; arguments: its address. Fails by an assertion."""

import sys
import time

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.containerinstance import ContainerInstanceManagementClient
from azure.mgmt.containerinstance.models import Container, ContainerGroup, EnvironmentVariable, ResourceRequests, ResourceRequirements
from azure_fake import Credential, ToTheFake

endpoint, tenant, subscription = sys.argv[1:4]
client = ContainerInstanceManagementClient(
    Credential(endpoint, tenant), subscription, api_version="2023-05-01", retry_total=0, per_call_policies=[ToTheFake(endpoint)]
)
groups = client.container_groups
requests = ResourceRequests(cpu=1, memory_in_gb=1)
container = Container(
    name="etl",
    image="flows:1",
    command=["prefect"],
    resources=ResourceRequirements(requests=requests),
    environment_variables=[EnvironmentVariable(name="TOKEN", secure_value="hush")],
)
group = ContainerGroup(location="westeurope", containers=[container], os_type="Linux", restart_policy="Never")
try:
    groups.get("flows", "etl-1")
    raise AssertionError("there is none yet")
except ResourceNotFoundError as error:
    assert error.error.code == "ResourceNotFound", error.error.code
groups.begin_create_or_update("flows", "etl-1", group, polling=False)
made = groups.get("flows", "etl-1")
assert made.containers[0].environment_variables[0].secure_value is None, "a secret is never shown"
assert [one.name for one in groups.list_by_resource_group("flows")] == ["etl-1"]
try:
    groups.begin_create_or_update("none", "etl-1", group, polling=False)
    raise AssertionError("no such resource group")
except HttpResponseError as error:
    assert error.error.code == "ResourceGroupNotFound", error.error.code
deadline = time.time() + 20
while groups.get("flows", "etl-1").containers[0].instance_view.current_state.state != "Running":
    assert time.time() < deadline, "it never ran"
    time.sleep(0.1)
assert client.containers.list_logs("flows", "etl-1", "etl", tail=5).content is not None
groups.stop("flows", "etl-1")
groups.begin_delete("flows", "etl-1", polling=False)
