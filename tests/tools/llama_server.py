#!/usr/bin/env python3
"""Runs llama.cpp's own HTTP server, as the xllamacpp wheel carries it, for as long as a test lives.

    llama_server.py MODEL.gguf [--context TOKENS] [--slots N] [--key KEY]

The first line of standard output is the address, such as http://127.0.0.1:40123; the port is free
and on loopback. The server ends when standard input closes, which the system does for a test that
was killed as well: no orphan is left behind. Its log goes to standard error.
"""

import argparse
import os
import sys

import xllamacpp


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--context", type=int, default=8192, help="tokens, shared by all slots")
    parser.add_argument("--slots", type=int, default=2, help="requests served at a time")
    parser.add_argument("--key", help="refuse requests without this API key")
    arguments = parser.parse_args()

    parameters = xllamacpp.CommonParams()
    parameters.model.path = arguments.model
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = arguments.context
    parameters.n_parallel = arguments.slots
    # The model is too small to gain from more, and the tests run beside it.
    parameters.cpuparams.n_threads = 1
    parameters.offline = True
    parameters.endpoint_slots = True
    parameters.ui = False
    if arguments.key:
        parameters.api_keys = [arguments.key]

    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.buffer.read()
    # A generation may be running: nobody waits for it any more.
    os._exit(0)


if __name__ == "__main__":
    main()
