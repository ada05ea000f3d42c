"""What an operator sets up with the SDK before `examples/everyday/settings.py` can run."""

from prefect.blocks.system import Secret
from prefect.variables import Variable

Variable.set("database_host", "db.example.com", overwrite=True)
Secret(value="correct horse").save("database-password", overwrite=True)
print(Secret.load("database-password").get())
