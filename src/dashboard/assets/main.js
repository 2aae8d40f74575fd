// Fetches figures and decisions and hands them to the cards. While the page is looked at it asks every two
// seconds whether the ledger has changed; the server answers with nothing if not.

import { acceptanceCard } from "./acceptance.js";
import { answersCard, cachesCard } from "./answers.js";
import { showEmpty } from "./empty.js";
import { failuresCard } from "./failures.js";
import { html } from "./draw.js";
import { liveTable } from "./live.js";
import { savedCard, spentCard } from "./money.js";
import { tiles } from "./tiles.js";
import { timesCard } from "./times.js";
import * as words from "./words.js";

const POLL_MS = 2000;
const byId = (id) => document.getElementById(id);

const cards = [tiles(), spentCard(), savedCard(), answersCard(), cachesCard(), timesCard(), acceptanceCard(), failuresCard()];
const live = liveTable();
const seen = { figures: "", tail: "" };

const days = () => new FormData(byId("span")).get("days");

// The answer as a value; null where nothing is new. Throws a sentence for the user.
async function get(path) {
  const answer = await fetch(path).catch(() => {
    throw new Error("The dashboard has ended. Run `tabtier dashboard` for a new one.");
  });
  if (answer.status === 204) return null;
  if (answer.status === 403) throw new Error("This page belongs to a dashboard that has ended. Open the address of the new one.");
  const value = await answer.json();
  if (!answer.ok) throw new Error(`${value.trouble}.`);
  return value;
}

async function updateFigures() {
  const wanted = days();
  const found = await get(`/api/figures?days=${wanted}&seen=${seen.figures}`);
  if (!found || wanted !== days()) return;
  seen.figures = found.seen;
  draw(found);
}

async function updateTail() {
  const tail = live.isPaused ? null : await get(`/api/tail?seen=${seen.tail}`);
  if (!tail) return;
  seen.tail = tail.seen;
  live.show(tail.rows);
}

function draw(figures) {
  const isEmpty = showEmpty(figures);
  for (const id of ["span", "tiles", "cards", "live"]) byId(id).hidden = isEmpty;
  if (!isEmpty) cards.forEach((show) => show(figures));
  const { span, oldest } = figures;
  byId("status").textContent = isEmpty ? "Waiting for the first request" : `Counted at ${words.time(figures.counted_at)} in ${words.duration(figures.counting_ms)}`;
  byId("status").dataset.ms = figures.counting_ms;
  byId("foot").replaceChildren(
    html("p", {}, `${words.longDay(span.first)} to ${words.longDay(span.last)}, days in UTC. `,
      oldest ? `The oldest entry is of ${words.longDay(oldest)}. ` : "", "Everything on this page stays on this machine."),
    ...figures.dropped.map(({ what, count }) => html("p", {}, `${words.count(count)} ${what} could not be kept when nothing could be written.`)),
  );
  byId("main").setAttribute("aria-busy", "false");
  if (performance.getEntriesByName("shown").length === 0) requestAnimationFrame(() => performance.mark("shown"));
}

function say(sentence) {
  const notices = byId("notices");
  if (notices.textContent === sentence) return;
  notices.replaceChildren(...(sentence ? [html("p", { class: "notice" }, sentence)] : []));
}

// One turn after the other, so that a slow answer is never overtaken by the next question.
let turns = Promise.resolve();
function turn() {
  turns = turns.then(() => Promise.all([updateFigures(), updateTail()])).then(() => say(""), (error) => say(error.message));
  return turns;
}

byId("span").addEventListener("change", () => {
  history.replaceState(null, "", `#days=${days()}`);
  turn();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) turn();
});
const said = new URLSearchParams(location.hash.slice(1)).get("days");
for (const input of byId("span").elements) if (input.value === said) input.checked = true;

(async function watch() {
  for (;;) {
    if (!document.hidden) await turn();
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
})();
