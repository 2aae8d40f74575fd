#!/usr/bin/env python3
"""Asks a server with a vendor's official SDK and prints what the SDK makes of the answer.

    sdk_answers.py mistral|openai URL [--stream]

The request is a fill-in-the-middle completion. The output is one line of JSON: the text, the reason
to stop, and the tokens of prompt and answer. The tests compare it with what Tabtier reads out of the
same bytes, so what our test double sends is what the vendor's own code understands.
"""

import argparse
import json


def text_of(content):
    """Content is text or a list of parts, of which those with text are what is to be inserted."""
    if isinstance(content, list):
        return "".join(getattr(part, "text", "") for part in content)
    return content or ""


def ask_mistral(url, stream):
    from mistralai.client import Mistral

    fim = Mistral(api_key="test-key", server_url=url).fim
    request = {"model": "codestral-latest", "prompt": "def f(", "suffix": "return a", "max_tokens": 64}
    if not stream:
        answer = fim.complete(**request)
        choice = answer.choices[0]
        return [(choice.message.content, choice.finish_reason, answer.usage)]
    return [
        (choice.delta.content, choice.finish_reason, event.data.usage)
        for event in fim.stream(**request)
        for choice in event.data.choices
    ]


def ask_openai(url, stream):
    from openai import OpenAI

    client = OpenAI(api_key="test-key", base_url=url, max_retries=0)
    request = {"model": "deepseek-chat", "prompt": "def f(", "suffix": "return a", "max_tokens": 64}
    if not stream:
        answer = client.completions.create(**request)
        choice = answer.choices[0]
        return [(choice.text, choice.finish_reason, answer.usage)]
    pieces = []
    options = {"include_usage": True}
    for chunk in client.completions.create(**request, stream=True, stream_options=options):
        pieces += [(choice.text, choice.finish_reason, None) for choice in chunk.choices]
        pieces += [("", None, chunk.usage)] if chunk.usage else []
    return pieces


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sdk", choices=["mistral", "openai"])
    parser.add_argument("url")
    parser.add_argument("--stream", action="store_true")
    arguments = parser.parse_args()
    ask = {"mistral": ask_mistral, "openai": ask_openai}[arguments.sdk]
    pieces = ask(arguments.url, arguments.stream)
    usages = [usage for _, _, usage in pieces if usage]
    print(
        json.dumps(
            {
                "text": "".join(text_of(content) for content, _, _ in pieces),
                "finish": next((reason for _, reason, _ in pieces if reason), None),
                "input": usages[-1].prompt_tokens if usages else None,
                "output": usages[-1].completion_tokens if usages else None,
            }
        )
    )


if __name__ == "__main__":
    main()
