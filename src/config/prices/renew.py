#!/usr/bin/env python3
"""Renews table.tsv from the price map of a LiteLLM release: `renew.py VERSION`, or `renew.py --check`.

The wheel is fetched with pip as the machine has it configured and is never installed or run; only its
price map (MIT, see LICENSE.litellm) is read. Numbers are read as decimals, so that no price passes
through a float. What the map says inconsistently is said once here:

- keys come with and without the vendor's name; here every model is `vendor/id`,
- a price of zero means unknown or covered by a subscription, so it is left out,
- thresholds and kinds of service are parts of field names; here they are prefixes of the same few
  fields. `priority`, `flex` and other kinds of service we never ask for are left out.
"""

import collections
import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from decimal import Decimal

HERE = pathlib.Path(__file__).parent
TABLE = HERE / "table.tsv"
NOTICE = HERE / "LICENSE.litellm"
MAP = "litellm/model_prices_and_context_window_backup.json"

# LiteLLM's providers we keep, with the vendor's name here. Hosts that people point an OpenAI-like,
# Anthropic, Gemini or fill-in-the-middle client at; not clouds that need a signature of their own.
VENDORS = {
    "openai": "openai", "text-completion-openai": "openai",
    "anthropic": "anthropic", "gemini": "gemini", "mistral": "mistral",
    "codestral": "codestral", "text-completion-codestral": "codestral",
    "deepseek": "deepseek", "inception": "inception", "text-completion-inception": "inception",
    "xai": "xai", "groq": "groq", "cerebras": "cerebras", "together_ai": "together_ai",
    "fireworks_ai": "fireworks_ai", "dashscope": "dashscope", "moonshot": "moonshot", "zai": "zai",
    "minimax": "minimax", "deepinfra": "deepinfra", "novita": "novita", "nebius": "nebius",
    "hyperbolic": "hyperbolic", "sambanova": "sambanova", "azure": "azure", "morph": "morph",
    "vercel_ai_gateway": "vercel_ai_gateway",
}
MODES = {"chat", "completion", "responses"}

# Models that take text after the cursor, by what their vendors document: Mistral's and Inception's
# /fim/completions, DeepSeek's beta completions, OpenAI's completions with `suffix`.
FIM = re.compile(
    r"^(mistral|codestral)/(codestral-(?!embed|mamba)|mistral-code-fim)"
    r"|^inception/mercury-(edit|coder)|^openai/gpt-3\.5-turbo-instruct"
    r"|^deepseek/deepseek-chat$")

# Our short names, in the order in which they are written.
FIELDS = {
    "in": "input_cost_per_token", "read": "cache_read_input_token_cost",
    "write": "cache_creation_input_token_cost",
    "write_1h": "cache_creation_input_token_cost_above_1hr",
    "write_12h": "cache_creation_input_token_cost_above_12hr",
    "out": "output_cost_per_token", "reason": "output_cost_per_reasoning_token",
}


def million(price):
    """Dollars a token as dollars a million tokens, exact, without a needless zero."""
    text = format(Decimal(price) * 1_000_000, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rates(entry, ending=""):
    """The rates of an entry, for the ending of a field name such as `_batches`."""
    found = {}
    for name, field in FIELDS.items():
        # Thresholds stand before the kind of service, both after the time a cache entry lives.
        price = entry.get(field + ending)
        if isinstance(price, (int, Decimal)) and price > 0:
            found[name] = million(price)
    return found


def steps(entry):
    """Rates above a number of input tokens: (tokens, rates), lowest first."""
    found = collections.OrderedDict()
    above = {re.fullmatch(r"input_cost_per_token_above_(\d+)k_tokens", field) for field in entry}
    for match in sorted(filter(None, above), key=lambda m: int(m.group(1))):
        thousands = int(match.group(1))
        found[thousands * 1000] = rates(entry, f"_above_{thousands}k_tokens")
    for tier in entry.get("tiered_pricing") or []:
        start = int((tier.get("range") or [0])[0])
        if start > 0 and rates(tier).get("in"):
            found[start] = rates(tier)
    return found


def days(weekdays):
    return "".join(str(day) for day in sorted(weekdays))


def windows(off_peak):
    """`DAYS@FROM-TO,FROM-TO;…` in UTC, Monday is 1; a window that ends at 00:00 ends the day."""
    parts = []
    for window in off_peak.get("windows", []):
        hours = window["hours_utc"]
        hours = [hours] if isinstance(hours, str) else hours
        spans = [re.sub(r"-00:00$", "-24:00", span) for span in hours]
        parts.append(days(window.get("weekdays", range(1, 8))) + "@" + ",".join(spans))
    return ";".join(parts)


def base(entry):
    """The rates an entry starts with; a list of tiers may have them instead of the entry."""
    found = rates(entry)
    tiers = entry.get("tiered_pricing") or []
    if not found.get("in") and tiers and int((tiers[0].get("range") or [0])[0]) == 0:
        found = rates(tiers[0])
    return found


def fields(key, entry):
    """The fields of a row, in order."""
    row = base(entry)
    # Half a price is none: what cannot be counted in full is unknown.
    if not (row.get("in") and row.get("out")):
        row = {}
    if row:
        row.update({f"batch.{name}": price for name, price in rates(entry, "_batches").items()})
        for tokens, step in steps(entry).items():
            row.update({f"above{tokens}.{name}": price for name, price in step.items()})
        off_peak = entry.get("off_peak_pricing")
        if off_peak and windows(off_peak):
            row.update({f"offpeak.{name}": p for name, p in rates(off_peak).items()})
            row["offpeak"] = windows(off_peak)
    for name, field in [("context", "max_input_tokens"), ("answer", "max_output_tokens"),
                        ("cachemin", "prompt_cache_min_tokens")]:
        if isinstance(entry.get(field), (int, Decimal)) and entry[field] > 0:
            row[name] = str(int(entry[field]))
    if FIM.match(key):
        row["fim"] = "yes"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(entry.get("deprecation_date", ""))):
        row["gone"] = entry["deprecation_date"]
    return row


def table(prices):
    """The rows by key. Of two entries for one model the one with more said stands."""
    rows, doubled = {}, 0
    for name, entry in prices.items():
        vendor = VENDORS.get(entry.get("litellm_provider"))
        if vendor is None or entry.get("mode") not in MODES:
            continue
        prefix = entry["litellm_provider"] + "/"
        bare = name.removeprefix(prefix).removeprefix(vendor + "/")
        key = f"{vendor}/{bare}"
        row = fields(key, entry)
        doubled += key in rows
        if row and len(row) > len(rows.get(key, {})):
            rows[key] = row
    return rows, doubled


def fetch(version, folder):
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder, f"litellm=={version}"]
    subprocess.run(command, check=True)
    return next(pathlib.Path(folder).glob("litellm-*.whl"))


def render(version, date, digest, rows):
    head = [
        f"# Prices in dollars a million tokens. From LiteLLM {version}, MIT, see LICENSE.litellm.",
        f"# map sha256 {digest}",
        f"# taken {date}",
        "# Written by renew.py; the fields are explained in docs/money.md.",
    ]
    lines = ["\t".join([key, *(f"{n}={v}" for n, v in row.items())]) for key, row in sorted(rows.items())]
    return "\n".join(head + lines) + "\n"


def main():
    text = TABLE.read_text() if TABLE.exists() else ""
    is_check = sys.argv[1:] == ["--check"]
    version = re.search(r"LiteLLM (\S+),", text).group(1) if is_check else sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        wheel = zipfile.ZipFile(fetch(version, folder))
        raw = wheel.read(MAP)
        notice = next(n for n in wheel.namelist() if re.search(r"dist-info/.*LICENSE$", n))
        notice = wheel.read(notice).decode()
    digest = hashlib.sha256(raw).hexdigest()
    date = re.search(r"taken (\S+)", text).group(1) if is_check else datetime.date.today().isoformat()
    rows, doubled = table(json.loads(raw, parse_float=Decimal))
    new = render(version, date, digest, rows)
    if is_check:
        sys.exit(0 if new == text else "table.tsv is not what this script makes; run it with the version")
    TABLE.write_text(new)
    NOTICE.write_text(notice)
    priced = sum("in" in row for row in rows.values())
    print(f"{len(rows)} models, {priced} priced, {doubled} said twice, {len(new)} bytes")


if __name__ == "__main__":
    main()
