"""What every test may ask for."""

pytest_plugins = ["pytester", "tests.servers.plugin", "tests.databases", "tests.service"]
