// Runs aimock, a stand-in for the model servers of several vendors, for as long as a test lives.
//
//     node aimock_server.mjs FOLDER
//
// FOLDER holds aimock as `get_aimock.sh` puts it there. The first line of standard output is the
// address; the port is free and on loopback. It wants the key `test-key`. What it answers depends on
// a word in the prompt, as listed below. It ends when standard input closes, which the system does for
// a test that was killed as well.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node aimock_server.mjs FOLDER");
  process.exit(2);
}
const require = createRequire(`${folder}/package.json`);
const { LLMock } = await import(pathToFileURL(require.resolve("@copilotkit/aimock")).href);

const mock = new LLMock({
  port: 0,
  chunkSize: 6,
  logLevel: "silent",
  auth: { apiKeys: ["test-key"] },
});
mock.onMessage("ask-plain", { content: "return a + b;" });
mock.onMessage("ask-thinking", { content: "return a;", reasoning: "the user wants a" });
mock.onMessage("ask-limited", {
  error: { message: "Rate limit reached", type: "rate_limit_error", code: "rate_limit_exceeded" },
  status: 429,
});
mock.onMessage("ask-busy", {
  error: { message: "Overloaded", type: "overloaded_error" },
  status: 529,
});
console.log(await mock.start());
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
