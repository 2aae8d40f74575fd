// Opens the dashboard in Chromium, does what a user does, and says what it saw as one line of JSON.
//
//   node driver.mjs '{"tools": FOLDER, "url": URL, …}'
//
// "scheme" is light or dark, "width", "height" and "scale" the window, "picture" a file for a screenshot of
// all of it; with "is_only_timed" nothing is done but that; "waits_for" is a request that must show up by itself after the line "ready" was printed. Every
// message of the console, every failed request and every breach of the content policy is reported.

import { createRequire } from "node:module";

const job = JSON.parse(process.argv[2]);
const { chromium } = createRequire(`${job.tools}/`)("playwright-core");
const browser = await chromium.launch({
  executablePath: `${job.tools}/bin/chromium`,
  // Nothing but loopback can be reached, so the page cannot need anything else.
  args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
});
const page = await browser.newPage({
  viewport: { width: job.width ?? 1280, height: job.height ?? 900 },
  colorScheme: job.scheme ?? "light",
  deviceScaleFactor: job.scale ?? 1,
});
const seen = { complaints: [], hosts: [] };
page.on("console", (message) => seen.complaints.push(`console: ${message.text()}`));
page.on("pageerror", (error) => seen.complaints.push(`error: ${error.message}`));
page.on("requestfailed", (request) => seen.complaints.push(`failed: ${request.url()}`));
page.on("response", (answer) => {
  seen.hosts.push(new URL(answer.url()).host);
  if (answer.status() >= 400) seen.complaints.push(`${answer.status()}: ${answer.url()}`);
});
await page.addInitScript(() => {
  globalThis.breaches = [];
  document.addEventListener("securitypolicyviolation", (event) => globalThis.breaches.push(`${event.violatedDirective} ${event.blockedURI}`));
});

// What was changed is drawn.
const settled = () => page.evaluate(() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
}));

await page.goto(job.url);
await page.waitForFunction(() => location.pathname === "/" && performance.getEntriesByName("shown").length > 0, null, { timeout: 60_000 });
seen.address = page.url();
seen.cookies = await page.context().cookies().then((all) => all.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })));
seen.cookie_of_scripts = await page.evaluate(() => document.cookie);
seen.paint_ms = await page.evaluate(() => Object.fromEntries([...performance.getEntriesByType("paint"), ...performance.getEntriesByName("shown")]
  .map((entry) => [entry.name, Math.round(entry.startTime)])));

if (job.is_only_timed) {
  seen.counting_ms = await page.evaluate(() => Number(document.getElementById("status").dataset.ms));
  await browser.close();
  console.log(JSON.stringify(seen));
  process.exit();
}

if (job.waits_for) {
  await page.waitForSelector("#live tbody tr");
  console.log("ready");
  await page.waitForSelector(`#live tr[data-request="${job.waits_for}"]`, { timeout: 30_000 });
  seen.came_by_itself = true;
}

seen.page = await page.evaluate(() => ({
  heading: document.querySelector("h1").textContent.trim(),
  is_empty: !document.getElementById("empty").hidden,
  empty: document.getElementById("empty").textContent,
  tiles: [...document.querySelectorAll(".tile")].map((tile) => tile.textContent),
  says: Object.fromEntries([...document.querySelectorAll(".card .say")].map((say) => [say.closest("section").id, say.textContent])),
  shapes: Object.fromEntries([...document.querySelectorAll(".cards .card")].map((card) => [card.id, card.querySelectorAll("svg rect.bar, svg path.line, table.rates td b").length])),
  rows: document.querySelectorAll("#live tbody tr").length,
  // Wider than the window: something does not fit.
  too_wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  notices: document.getElementById("notices").textContent,
}));

// The page without a pointer: where Tab leads, and what the arrow keys read out.
if (!seen.page.is_empty) {
  seen.focused = [];
  await page.evaluate(() => document.activeElement.blur());
  for (let nth = 0; nth < 40; nth += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const { activeElement: at } = document;
      return at === document.body ? null : `${at.tagName.toLowerCase()}: ${at.getAttribute("aria-label") ?? (at.textContent.trim() || at.value)}`;
    });
    if (name === null) break;
    seen.focused.push(name);
  }
  seen.read = {};
  for (const card of ["spent", "times"]) {
    await page.locator(`#${card} .plot`).focus();
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowDown"]) await page.keyboard.press(key);
    seen.read[card] = await page.locator(`#${card} .tip`).innerText();
    await page.keyboard.press("Escape");
    seen.read[`${card} after Escape`] = await page.locator(`#${card} .tip`).textContent();
  }
  await page.locator("#spent summary").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("#spent details[open] table");
  seen.numbers = await page.locator("#spent details table tbody tr").last().innerText();
  await page.keyboard.press("Enter");
  await page.locator("#span input:checked").focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.querySelector("#spent .say").textContent.includes("7 days"));
  seen.address_after = page.url();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("#spent .say").textContent.includes("30 days"));
}

// Each of these must leave everything within the width of the window.
seen.overflows = {};
for (const [name, width, percent] of [["narrow", 360, 100], ["200 %", 640, 100], ["80 %", 1600, 100], ["large type", 1280, 200]]) {
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate((size) => { document.documentElement.style.fontSize = `${size}%`; }, percent);
  await settled();
  seen.overflows[name] = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
await page.setViewportSize({ width: job.width ?? 1280, height: job.height ?? 900 });

if (job.picture) {
  await page.evaluate(() => document.activeElement.blur());
  await settled();
  await page.screenshot({ path: job.picture, fullPage: job.full ?? true });
}
seen.breaches = await page.evaluate(() => globalThis.breaches);
seen.hosts = [...new Set(seen.hosts)];
console.log(JSON.stringify(seen));
await browser.close();
