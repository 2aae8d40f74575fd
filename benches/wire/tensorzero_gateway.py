"""Runs TensorZero's gateway in front of a server, for benches/wire.rs.

    tensorzero_gateway.py UPSTREAM

Needs the package `tensorzero` (Apache-2.0; measured with 2026.6.0). A line of standard output that
begins with http:// is the address, among those of its log; the gateway ends when standard input closes. Nothing is recorded and nothing reported.
"""

import pathlib
import sys
import tempfile

import tensorzero

CONFIG = """
[gateway]
observability.enabled = false
disable_pseudonymous_usage_analytics = true
"""
MODEL = """
[models.{name}]
routing = ["it"]

[models.{name}.providers.it]
type = "openai"
model_name = "m"
api_base = "{url}/{name}/"
api_key_location = "none"
"""


def main():
    upstream = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "tensorzero.toml"
        file.write_text(CONFIG + "".join(MODEL.format(name=name, url=upstream) for name in ("whole", "stream")))
        # The package has no public way to start the gateway by itself.
        gateway = tensorzero._start_http_gateway(
            config_file=str(file), clickhouse_url=None, postgres_url=None, valkey_url=None, async_setup=False)
        print(gateway.base_url, flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
