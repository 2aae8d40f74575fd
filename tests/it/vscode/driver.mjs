// Drives a real VS Code in a real browser the way a person does, and reports what it showed:
//
//   node driver.mjs JOB.json
//
// The job names the tools, the folder to open and the scenarios; each is a file and a list of steps, and
// after each step the state of the editor is recorded. One JSON object goes to stdout. Every wait is for
// a condition on the page and has a bound.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(join(job.tools, 'package.json'));
const { chromium } = require('playwright-core');
const BOUND_MS = 12_000;
const seen = { scenarios: {}, errors: [] };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function startCode(port) {
  const user = join(job.home, 'data/User');
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, 'settings.json'), JSON.stringify(job.settings));
  writeFileSync(join(job.home, 'code.yaml'), '');
  const common = ['--config', join(job.home, 'code.yaml'), '--user-data-dir', join(job.home, 'data')];
  const extensions = ['--extensions-dir', join(job.home, 'extensions')];
  const log = openSync(join(job.home, 'code.log'), 'a');
  const options = { env: { ...process.env, ...job.environment }, stdio: ['ignore', log, log] };
  const code = join(job.tools, 'bin/code');
  const run = (...args) => spawn(code, [...common, ...extensions, ...args], options);
  const ended = (child) => new Promise((done) => child.on('exit', done));
  return {
    install: async () => {
      const status = await ended(run('--install-extension', job.vsix));
      if (status !== 0) throw new Error(`the extension was not installed: ${status}`);
    },
    serve: () =>
      run('--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry',
        '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'),
    ended,
  };
}

async function until(what, holds) {
  const end = Date.now() + BOUND_MS;
  for (;;) {
    const found = await holds().catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${BOUND_MS} ms for ${what}`);
    await sleep(30);
  }
}

/** What a person sees. */
async function state(page) {
  const now = await page.evaluate(() => {
    const active = document.querySelector('.editor-group-container.active .monaco-editor') ?? document;
    const all = (selector, root = active) => [...root.querySelectorAll(selector)];
    // The editor draws spaces so that they do not collapse.
    const plain = (text) => text.replace(/\u00a0/g, ' ').replace(/\u200b/g, '');
    const top = (element) => parseFloat(element.style.top || '0');
    const lines = all('.view-lines > .view-line').sort((a, b) => top(a) - top(b));
    // A line as the file has it: ghost text stands in the same element.
    const bare = (line) => {
      const copy = line.cloneNode(true);
      for (const ghost of all('[class*=ghost-text]', copy)) ghost.remove();
      return copy.textContent;
    };
    const inline = all('.view-lines .ghost-text-decoration, .view-lines .ghost-text-decoration-preview');
    const below = all('.suggest-preview-text .view-line, .view-zones .view-line');
    const bar = document.querySelector('[id="tabtier.tabtier.status"]');
    return {
      lines: lines.map((line) => plain(bare(line))),
      ghost: [inline.map((part) => plain(part.textContent)).join(''), ...below.map((line) => plain(line.textContent))]
        .join('\n').replace(/^\n+$/, ''),
      status: bar ? plain(bar.textContent).trim() : '',
      label: bar ? bar.querySelector('a')?.getAttribute('aria-label') ?? bar.getAttribute('aria-label') ?? '' : '',
      problem: bar ? /warning-kind|error-kind/.test(bar.className) : false,
      popup: all('.suggest-widget.visible .monaco-list-row', document).map((row) => plain(row.textContent)),
      notes: all('.notification-list-item-message', document).map((toast) => plain(toast.textContent)),
      tabs: all('.tab', document).map((tab) => tab.getAttribute('data-resource-name')),
    };
  });
  return now;
}

/** Opens the quick input by a key, writes `text` into it and takes the first row, which names `row`. */
async function pick(page, key, text, row) {
  const box = page.locator('.quick-input-widget input').first();
  await box.waitFor({ state: 'hidden', timeout: BOUND_MS });
  await page.keyboard.press(key);
  await box.waitFor({ state: 'visible', timeout: BOUND_MS });
  await box.fill(text);
  await until(`the row ${row}`, async () => {
    const first = await page.locator('.quick-input-list .monaco-list-row').first().textContent();
    return first.includes(row);
  });
  await page.keyboard.press('Enter');
}

async function palette(page, command) {
  await pick(page, 'F1', `>${command}`, command);
}

async function open(page, file) {
  const name = file.split('/').pop();
  await pick(page, 'Control+P', file, name);
  await until(`the tab of ${file}`, () =>
    page.locator('.tab.active').getAttribute('data-resource-name').then((shown) => shown === name));
  await page.locator('.editor-group-container.active .view-lines').first().waitFor({ timeout: BOUND_MS });
}

const conditions = {
  ghost: (now) => now.ghost !== '',
  quiet: (now) => now.ghost === '',
  popup: (now) => now.popup.length > 0,
  'no popup': (now) => now.popup.length === 0,
  ready: (now) => /Tabtier/.test(now.status) && !now.problem && !/starts/.test(now.label),
};

const actions = {
  open,
  type: async (page, text) => {
    for (const part of text.split(/(?<=\n)|(?=\n)/)) {
      if (part === '\n') await page.keyboard.press('Enter');
      else await page.keyboard.type(part, { delay: 40 });
    }
  },
  /** As a paste does it, for what no key types. */
  insert: (page, text) => page.keyboard.insertText(text),
  key: (page, key) => page.keyboard.press(key),
  command: palette,
  goto: async (page, place) => {
    await pick(page, 'Control+G', `:${place}`, place.split(':')[0]);
    await page.locator('.quick-input-widget input').first().waitFor({ state: 'hidden', timeout: BOUND_MS });
  },
  await: (page, name) => until(name, async () => conditions[name](await state(page))),
  ghost: (page, text) => until(`the ghost text ${JSON.stringify(text)}`, async () => (await state(page)).ghost === text),
  status: (page, text) => until(`the status ${text}`, async () => (await state(page)).status.includes(text)),
  line: (page, text) => until(`the line ${text}`, async () => (await state(page)).lines.some((l) => l === text)),
  tab: (page, text) => until(`a tab ${text}`, async () => (await state(page)).tabs.some((t) => t.includes(text))),
  /** A command opens another window, which shows this. It is looked at where it is served: this VS Code leads
   * local addresses through a proxy of its own, which a page that wants to be local refuses. */
  window: async (page, [command, text]) => {
    const opened = page.context().waitForEvent('page', { timeout: BOUND_MS });
    await palette(page, command);
    const other = await opened;
    const proxied = /\/proxy\/(\d+)(\/.*)/.exec(other.url());
    if (proxied) await other.goto(`http://127.0.0.1:${proxied[1]}${proxied[2]}`);
    await until(`a window with ${text} at ${other.url()}`, async () => (await other.locator('body').textContent()).includes(text));
    await other.screenshot({ path: join(job.artefacts, 'window.png') });
    await other.close();
  },
  rest: (_, ms) => sleep(ms),
  click: (page, selector) => page.locator(selector).first().click({ timeout: BOUND_MS }),
  screenshot: (page, name) => page.screenshot({ path: join(job.artefacts, `${name}.png`) }),
  /** Ends the server the hard way and waits for its successor. */
  kill: async () => {
    const file = join(job.home, 'server.pid');
    const old = readFileSync(file, 'utf8').trim();
    process.kill(Number(old), 'SIGKILL');
    await until('another server', async () => readFileSync(file, 'utf8').trim() !== old);
  },
};

async function scenario(page, { name, file, steps }) {
  const states = [];
  seen.scenarios[name] = states;
  for (const step of [{ open: file }, ...steps]) {
    const [[action, argument]] = Object.entries(step);
    try {
      await actions[action](page, argument);
    } catch (error) {
      await page.screenshot({ path: join(job.artefacts, `failed-${name.replace(/\W+/g, '-')}.png`) });
      const now = JSON.stringify(await state(page));
      throw new Error(`${name}: step ${JSON.stringify(step)}: ${error.message}; ${now}`);
    }
    if (!('open' in step)) states.push(await state(page));
  }
}

/** Saves and closes everything, whatever state the scenario left. */
async function clear(page) {
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
  await palette(page, 'File: Save All');
  await until('saved files', async () => (await page.locator('.tab.dirty').count()) === 0);
  await palette(page, 'View: Close All Editors');
  await until('closed editors', async () => (await page.locator('.tab').count()) === 0);
}

async function run() {
  mkdirSync(job.artefacts, { recursive: true });
  const port = await freePort();
  const code = startCode(port);
  await code.install();
  const server = code.serve();
  let browser;
  try {
    const address = `http://127.0.0.1:${port}/`;
    await until('the workbench to be served', async () => (await fetch(address)).ok);
    browser = await chromium.launch({
      executablePath: join(job.tools, 'bin/chromium'),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
        '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
    });
    const page = await (await browser.newContext({ viewport: { width: 1100, height: 700 } })).newPage();
    await page.goto(`${address}?folder=${encodeURIComponent(job.project)}`, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('.monaco-workbench', { timeout: BOUND_MS * 5 });
    await until('the server to start', async () => conditions.ready(await state(page)));
    for (const one of job.scenarios) {
      try {
        await scenario(page, one);
      } catch (error) {
        seen.errors.push(error.message);
      }
      await clear(page);
    }
  } finally {
    await browser?.close();
    const gone = code.ended(server);
    server.kill('SIGTERM');
    await Promise.race([gone, sleep(10_000)]);
    server.kill('SIGKILL');
  }
}

await run().catch((error) => seen.errors.push(error.stack));
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(0);
