#!/bin/bash
# Tries a server that reads what follows the cursor as OpenAI's `suffix`, which llama.cpp's own server does not:
#
#   tests/suffix.sh
#
# It is llama-cpp-python's, which has to be compiled: seven minutes on two idle cores, so this is for the
# night and not for CI. Needs a built program (cargo build), a C++ compiler and Python 3.9 or newer. The
# server goes into .tools/, or where TABTIER_TEST_TOOLS says.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${TABTIER_TEST_TOOLS:-$PWD/.tools}
program=${CARGO_TARGET_DIR:-$PWD/target}/debug/tabtier
pin="llama-cpp-python[server]==0.3.36"
venv=$tools/llama_cpp_python
mkdir -p "$tools"
tests/tools/setup_python.sh "$tools/python" >&2 # writes the model
if [ "$(cat "$venv/pin" 2>/dev/null)" != "$pin" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$pin"
    echo "$pin" >"$venv/pin"
fi

home=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$home"' EXIT
"$tools/python/bin/python" tests/tools/make_gguf.py chain "$home/model.gguf"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$venv/bin/python" -m llama_cpp.server --model "$home/model.gguf" --host 127.0.0.1 --port "$port" \
    --n_ctx 4096 >"$home/log" 2>&1 &
server=$!
for _ in $(seq 120); do
    python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/v1/models')" \
        2>/dev/null && break
    kill -0 "$server" || { cat "$home/log" >&2; exit 1; }
    sleep 1
done
cat >"$home/config.toml" <<SETTINGS
[models.m]
protocol = "openai_completions"
dialect = "llama_cpp_python"
url = "http://127.0.0.1:$port/v1"
[tiers]
fast.models = ["m"]
SETTINGS

report=$(HOME=$home XDG_STATE_HOME=$home "$program" --config "$home/config.toml" doctor --json || true)
python3 - "http://127.0.0.1:$port/v1/completions" "$report" <<'CHECK'
import json
import sys
import urllib.request

address, report = sys.argv[1:]


def tokens(suffix):
    body = {"model": "m", "prompt": "fn add() {", "suffix": suffix, "max_tokens": 4}
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    return json.load(urllib.request.urlopen(request))["usage"]["prompt_tokens"]


without, beside = tokens(""), tokens("}\n" * 20)
assert beside >= without + 40, f"the suffix does not reach the model: {without} and {beside} tokens"
model = json.loads(report)["models"][0]
assert model["answers"] == 5 and model["trouble"] is None, model
assert model["suffix"] == "honoured", model
print(f"{without} prompt tokens without a suffix, {beside} with one of 40 bytes; {model['answers']} answers to Tabtier")
CHECK
