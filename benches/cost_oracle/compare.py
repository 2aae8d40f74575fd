"""Compares what Tabtier's ledger says of each call with what LiteLLM's proxy says of the same call.

LiteLLM tells the cost of a whole answer in a header, and of a stream nowhere. So a relay stands between
Tabtier and the proxy: it asks for the whole answer where Tabtier asked for a stream, which Tabtier takes as
well, and notes the header. The prices are odd on purpose, down to a trillionth of a dollar, and later
calls share their beginning with earlier ones, so that llama.cpp reads a part of the prompt from its
cache, which has a price of its own.
"""

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Dollars for a token.
PRICES = {
    "input_cost_per_token": "0.000001237",
    "output_cost_per_token": "0.000007919",
    "cache_read_input_token_cost": "0.000000123701",
}
PATIENCE_S = 240
LINES = [f"    let value_{number} = table[{number}] * factor + offset;\n" for number in range(60)]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Relay(BaseHTTPRequestHandler):
    """Passes requests on, for whole answers, and notes what each cost."""

    upstream = ""
    costs = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body.pop("stream", None)
        body.pop("stream_options", None)
        headers = {"content-type": "application/json", "authorization": "Bearer sk-oracle"}
        request = urllib.request.Request(
            self.upstream + self.path, json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                cost, text = answer.headers["x-litellm-response-cost"], answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"LiteLLM refused a call: {error.code} {error.read()[:500]}")
        self.costs.append((cost, json.loads(text)["usage"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def start_llama(folder):
    model = folder / "model.gguf"
    tools = ROOT / "tests" / "tools"
    subprocess.run([sys.executable, tools / "make_gguf.py", "chain", model], check=True)
    command = [sys.executable, tools / "llama_server.py", model, "--slots", "1", "--context", "16384"]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return server, server.stdout.readline().strip()


def start_litellm(litellm, folder, llama):
    config = folder / "litellm.yaml"
    prices = "".join(f"      {name}: {price}\n" for name, price in PRICES.items())
    config.write_text(
        "model_list:\n  - model_name: tiny\n    litellm_params:\n      model: openai/tiny\n"
        f"      api_base: {llama}/v1\n      api_key: none\n{prices}"
    )
    port = free_port()
    quiet = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "NO_DOCS": "True",
        "DISABLE_ADMIN_UI": "True",
        "HF_HUB_OFFLINE": "1",
        # It listens on loopback alone, for as long as this takes.
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        "PATH": f"{Path(litellm).parent}:{os.environ['PATH']}",
    }
    command = [litellm, "--config", config, "--host", "127.0.0.1", "--port", str(port)]
    log = open(folder / "litellm.log", "w")
    proxy = subprocess.Popen(command, env={**os.environ, **quiet}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE_S):
        if proxy.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/health/liveliness", timeout=2).close()
            return proxy, address
        except OSError:
            time.sleep(1)
    sys.exit(f"LiteLLM does not answer: {(folder / 'litellm.log').read_text()[-2000:]}")


def complete(tabtier, folder, relay, calls):
    """Asks for one completion after the other, each a line further down."""
    per_million = {name: Decimal(price) * 1_000_000 for name, price in PRICES.items()}
    settings = folder / "config.toml"
    settings.write_text(
        f'policy.override = "flagship"\n[models.tiny]\nprotocol = "openai_chat"\nurl = "{relay}/v1"\n'
        f'model = "tiny"\nkey = "sk-oracle"\ntimeout_ms = 60000\nplace = "cloud"\n'
        f"price_input = {per_million['input_cost_per_token']}\n"
        f"price_output = {per_million['output_cost_per_token']}\n"
        f"price_cache_read = {per_million['cache_read_input_token_cost']}\n"
        '[tiers.flagship]\nmodels = ["tiny"]\nsettle_ms = 0\n'
        + "".join(
            f"[policy.{name}]\ndeadline_ms = 60000\n"
            for name in ["closer", "identifier", "line", "prose", "boilerplate", "logic", "refactor"]
        )
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder)}
    source = folder / "main.rs"
    for call in range(calls):
        lines = LINES[: call % len(LINES)]
        source.write_text("".join(["fn main() {\n", *lines, "    let next = \n}\n"]))
        place = f"{source}:{len(lines) + 2}:16"
        command = [tabtier, "complete", place, "--invoked", "--yes", "--config", settings]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"tabtier: {done.stderr}")
    ledger = sqlite3.connect(folder / "state" / "tabtier" / "ledger.sqlite3")
    return ledger.execute("SELECT cost_pico, is_estimate FROM call ORDER BY id").fetchall()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--litellm", required=True)
    parser.add_argument("--tabtier", required=True)
    parser.add_argument("--calls", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        llama, llama_address = start_llama(folder)
        proxy, proxy_address = start_litellm(arguments.litellm, folder, llama_address)
        try:
            Relay.upstream = proxy_address
            relay = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{relay.server_address[1]}"
            ours = complete(arguments.tabtier, folder, address, arguments.calls)
        finally:
            proxy.terminate()
            llama.stdin.close()
    theirs = Relay.costs
    if len(ours) != len(theirs) or not theirs:
        sys.exit(f"{len(ours)} calls in the ledger, {len(theirs)} at LiteLLM")
    wrong = cached = 0
    for (pico, is_estimate), (cost, usage) in zip(ours, theirs):
        # LiteLLM adds in binary, so its last digits are noise beyond a trillionth of a dollar.
        said = int((Decimal(cost) * 10**12).to_integral_value())
        cached += (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        if said != pico or is_estimate:
            wrong += 1
            print(f"LiteLLM {said} pico-dollars, ledger {pico}, estimate {is_estimate}: {usage}")
    total = sum(Decimal(cost) for cost, _ in theirs)
    tokens = sum(usage["prompt_tokens"] for _, usage in theirs)
    print(f"{len(theirs)} calls, {tokens} prompt tokens, {cached} of them cached, ${total:.12f} in all")
    print(f"{wrong} differ" if wrong else "every call agrees to a trillionth of a dollar")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
