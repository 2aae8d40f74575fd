// The last decisions, as they are made.

import { html } from "./draw.js";
import { FATES, count, dayOf, duration, money, time } from "./words.js";

const HEAD = [["When"], ["Request", "optional"], ["Class"], ["Language", "optional"], ["Answered by"],
  ["Characters", "optional"], ["Time, of the deadline"], ["Cost"], ["What became of it"]];

export function liveTable() {
  const section = document.getElementById("live");
  const heading = section.querySelector("h2");
  heading.id = "live-heading";
  section.setAttribute("aria-labelledby", heading.id);
  const pause = html("button", { type: "button", "aria-pressed": "false" }, "Pause");
  const body = html("tbody");
  const rows = html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The last decisions" },
    html("table", {}, html("thead", {}, html("tr", {}, HEAD.map(([name, kind = ""], nth) =>
      html("th", { scope: "col", class: nth === 0 || name === "Answered by" || nth === 8 ? `words ${kind}` : kind }, name)))), body));
  section.append(html("div", { class: "live-head" },
    html("p", { class: "say" }, "The newest first, with times of your clock. No text is kept, so none can be shown."), pause), rows);
  const live = { isPaused: false, show: (found) => show(body, found) };
  pause.addEventListener("click", () => {
    live.isPaused = !live.isPaused;
    pause.setAttribute("aria-pressed", live.isPaused);
    pause.textContent = live.isPaused ? "Go on" : "Pause";
  });
  return live;
}

function show(body, found) {
  const before = new Set([...body.rows].map((row) => row.dataset.request));
  body.replaceChildren(...found.map((one) => {
    const made = row(one);
    if (before.size > 0 && !before.has(one.request)) made.classList.add("fresh");
    return made;
  }));
}

function row(one) {
  const cells = [
    [when(one.at), "words"],
    [one.request, "optional"],
    [one.class ?? "–", ""],
    [one.language || "–", "optional"],
    [answeredBy(one), "words"],
    [one.offer ? count(one.offer.chars) : "–", "optional"],
    [race(one), ""],
    [cost(one), ""],
    [one.was_known ? `${FATES[one.fate]}; the local engine had the same` : FATES[one.fate] ?? one.fate, "words"],
  ];
  return html("tr", { "data-request": one.request }, cells.map(([content, kind]) => html("td", { class: kind }, content)));
}

function when(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? time(at) : `${dayOf(at)}, ${time(at)}`;
}

function answeredBy({ offer, silence, fate, invoked }) {
  const key = invoked > 0 ? " · asked by key" : "";
  if (!offer) return `${fate === "superseded" ? "–" : silence ? `nobody: ${silence}` : "nobody"}${key}`;
  const way = offer.origin === "model" ? offer.tier : offer.origin;
  const name = offer.origin === "local" ? "local engine"
    : offer.origin === "cache" ? `cache, ${offer.model || offer.tier}` : `${offer.tier}, ${offer.model}`;
  return html("span", {}, html("span", { class: `key ${way}` }), `${name}${key}`);
}

function race({ answered_ms: took, deadline_ms: deadline, offer }) {
  const fill = html("div");
  fill.style.width = `${Math.min(100, (100 * took) / (deadline || took || 1))}%`;
  const way = !offer ? "nobody" : offer.origin === "model" ? offer.tier : offer.origin;
  return html("span", {}, `${duration(took)} of ${duration(deadline)}`,
    html("span", { class: `race ${way}`, "aria-hidden": "true" }, fill));
}

function cost({ calls, unpriced, usd, is_estimate: isEstimate }) {
  if (calls === 0) return "–";
  if (unpriced === calls) return "unknown";
  const known = isEstimate ? `≈ ${money(usd)}` : money(usd);
  return unpriced > 0 ? `${known} + unknown` : known;
}
