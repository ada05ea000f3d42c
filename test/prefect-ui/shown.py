"""A flow that leaves something for every part of a run's page: tasks that depend on one another, a subflow, logs, artifacts."""

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, create_table_artifact


@task(tags=["counted"])
def count(word: str) -> int:
    return len(word)


@task
def add(numbers: list[int]) -> int:
    create_table_artifact(key="lengths", table=[{"length": number} for number in numbers])
    return sum(numbers)


@flow
def remembered(total: int) -> int:
    create_markdown_artifact(key="total", markdown=f"# {total} letters", description="What was counted")
    return total


@flow(log_prints=True)
def shown(words: list[str] = ["one", "three"]) -> int:
    total = add(count.map(words))
    print(f"counted {total} letters")
    create_progress_artifact(progress=50.0, description="Half way there")
    return remembered(total)


@flow
def broken() -> None:
    raise ValueError("the numbers do not add up")
