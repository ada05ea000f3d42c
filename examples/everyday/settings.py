"""What a flow finds on the server (a variable, a secret) and what it leaves there (an artifact, a tagged task run)."""

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.system import Secret
from prefect.variables import Variable


@task(tags=["database"])
def connect(host: str, password: str) -> str:
    return f"{host} with a password of {len(password)} characters"


@flow(log_prints=True)
def use_settings() -> str:
    host = Variable.get("database_host", default="localhost")
    password = Secret.load("database-password").get()
    result = connect(host, password)
    create_markdown_artifact(key="connection", markdown=f"# Connected\n\n{result}", description="Where we were")
    print(f"Connected to {result}")
    return result
