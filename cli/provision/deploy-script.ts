/** A script that builds an image with a flow in it and deploys it to the pool, ready to be saved and run with Prefect. */
export const deployScript = (pool: string, image: string): string => `from prefect import flow
from prefect.docker import DockerImage


@flow(log_prints=True)
def my_flow(name: str = "world"):
    print(f"Hello, {name}!")


if __name__ == "__main__":
    my_flow.deploy(
        name="my-deployment",
        work_pool_name=${JSON.stringify(pool)},
        image=DockerImage(name="${image}", platform="linux/amd64"),
    )`;
