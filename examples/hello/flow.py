"""The smallest flow worth watching: three tasks, a parameter and a few log lines. `npm start` runs it."""

from prefect import flow, get_run_logger, task


@task
def greeting(name: str) -> str:
    get_run_logger().info("Thinking of something nice to say to %s", name)
    return f"Hello, {name}!"


@task
def letters(text: str) -> int:
    count = sum(letter.isalpha() for letter in text)
    get_run_logger().info("%r has %d letters", text, count)
    return count


@task
def report(text: str, count: int) -> str:
    line = f"{text} ({count} letters)"
    get_run_logger().info(line)
    return line


@flow(log_prints=True)
def hello(name: str = "world") -> str:
    text = greeting(name)
    line = report(text, letters(text))
    print(f"Said: {line}")
    return line
