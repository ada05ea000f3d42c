"""The flow of the test: three task runs and a log line."""

from prefect import flow, get_run_logger, task


@task
def double(number: int) -> int:
    return 2 * number


@flow
def doubles(numbers: list[int] = [1, 2, 3]) -> int:
    total = sum(double(number) for number in numbers)
    get_run_logger().info("The total is %s", total)
    return total
