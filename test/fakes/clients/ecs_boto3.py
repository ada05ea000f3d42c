"""AWS's boto3 against the fake; `check.ts` runs it with the address as argument. Fails by an assertion."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

session = boto3.Session(aws_access_key_id="AKIAFAKE", aws_secret_access_key="secret", region_name="us-east-1")
client = lambda name: session.client(name, endpoint_url=sys.argv[1], config=Config(retries={"total_max_attempts": 1}))  # noqa: E731
ecs, ec2, logs, sts = client("ecs"), client("ec2"), client("logs"), client("sts")


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response
    raise AssertionError(f"{code} was expected")


vpc = ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
subnets = [one["SubnetId"] for one in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]]
tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
assert subnets and tables[0]["Associations"][0]["Main"] is True, (subnets, tables)

definition = ecs.register_task_definition(
    family="etl",
    cpu="256",
    memory="512",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    containerDefinitions=[{"name": "prefect", "image": "flows:1"}],
)["taskDefinition"]
assert definition["revision"] == 1 and definition["status"] == "ACTIVE", definition
request = dict(
    cluster="flows",
    taskDefinition=definition["taskDefinitionArn"],
    launchType="FARGATE",
    clientToken="token-1",
    startedBy="me/1",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    overrides={"containerOverrides": [{"name": "prefect", "environment": [{"name": "A", "value": "b"}]}]},
)
task = ecs.run_task(**request)["tasks"][0]
assert ecs.run_task(**request)["tasks"][0]["taskArn"] == task["taskArn"], "one token, one task"
conflict = refused("ConflictException", ecs.run_task, **{**request, "startedBy": "me/2"})
assert conflict["resourceIds"] == [task["taskArn"]], conflict
assert ecs.list_tasks(cluster="flows", startedBy="me/1")["taskArns"] == [task["taskArn"]]
missing = ecs.describe_tasks(cluster="flows", tasks=["nobody"])
assert missing["failures"][0]["reason"] == "MISSING", missing
assert ecs.describe_tasks(cluster="flows", tasks=[task["taskArn"]])["tasks"][0]["createdAt"].year > 2000
assert ecs.stop_task(cluster="flows", task=task["taskArn"], reason="enough")["task"]["desiredStatus"] == "STOPPED"
refused("InvalidParameterException", ecs.stop_task, cluster="flows", task="nobody")
refused("ClusterNotFoundException", ecs.describe_tasks, cluster="none", tasks=["nobody"])
refused("ClientException", ecs.describe_task_definition, taskDefinition="none")
assert ecs.deregister_task_definition(taskDefinition="etl:1")["taskDefinition"]["status"] == "INACTIVE"
refused("ResourceNotFoundException", logs.get_log_events, logGroupName="prefect", logStreamName="none")
assumed = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/other", RoleSessionName="session")["Credentials"]
assert assumed["AccessKeyId"].startswith("ASIA"), assumed
