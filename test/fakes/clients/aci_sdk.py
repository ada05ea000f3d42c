"""Azure's Python SDK against the fake; arguments: its address. Fails by an assertion."""

import json
import sys
import time
import urllib.parse
import urllib.request

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.containerinstance import ContainerInstanceManagementClient
from azure.mgmt.containerinstance.models import Container, ContainerGroup, EnvironmentVariable, ResourceRequests, ResourceRequirements

endpoint, tenant, subscription = sys.argv[1:4]


class Credential:
    def get_token(self, *scopes, **_):
        form = dict(grant_type="client_credentials", client_id="app", client_secret="right", scope=scopes[0])
        with urllib.request.urlopen(f"{endpoint}/{tenant}/oauth2/v2.0/token", urllib.parse.urlencode(form).encode()) as answer:
            return AccessToken(json.load(answer)["access_token"], int(time.time()) + 3000)


options = dict(enforce_https=False)
client = ContainerInstanceManagementClient(
    Credential(), subscription, base_url=endpoint, api_version="2023-05-01", retry_total=0, credential_scopes=["https://management.azure.com/.default"]
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
    groups.get("flows", "etl-1", **options)
    raise AssertionError("there is none yet")
except ResourceNotFoundError as error:
    assert error.error.code == "ResourceNotFound", error.error.code
groups.begin_create_or_update("flows", "etl-1", group, polling=False, **options)
made = groups.get("flows", "etl-1", **options)
assert made.containers[0].environment_variables[0].secure_value is None, "a secret is never shown"
assert [one.name for one in groups.list_by_resource_group("flows", **options)] == ["etl-1"]
try:
    groups.begin_create_or_update("none", "etl-1", group, polling=False, **options)
    raise AssertionError("no such resource group")
except HttpResponseError as error:
    assert error.error.code == "ResourceGroupNotFound", error.error.code
deadline = time.time() + 20
while groups.get("flows", "etl-1", **options).containers[0].instance_view.current_state.state != "Running":
    assert time.time() < deadline, "it never ran"
    time.sleep(0.1)
assert client.containers.list_logs("flows", "etl-1", "etl", tail=5, **options).content is not None
groups.stop("flows", "etl-1", **options)
groups.begin_delete("flows", "etl-1", polling=False, **options)
