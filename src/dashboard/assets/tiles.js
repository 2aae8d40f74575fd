// The few figures one looks at first.

import { html } from "./draw.js";
import { about } from "./money.js";
import { count, duration, money, percent, several } from "./words.js";

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

export function tiles() {
  const place = document.getElementById("tiles");
  return (figures) => {
    place.replaceChildren(...[spent, cap, saved, free, accepted, timely].map((make) => make(figures))
      .filter((made) => made !== null)
      .map(([name, big, small]) => html("div", { class: "tile" },
        html("h2", {}, name), html("p", { class: "big" }, big), html("p", {}, small))));
  };
}

function spent({ days, total }) {
  const all = sum(days.map((day) => sum(day.spent_usd) + day.lost_usd));
  const unknown = sum(Object.values(total.unpriced));
  const perTaken = total.taken > 0 && all > 0 ? `${money(all / total.taken)} for each accepted suggestion` : "nothing was paid";
  return ["Spent", about(all, total.estimated_usd),
    unknown > 0 ? `and ${several(unknown, "call")} of unknown cost` : perTaken];
}

// The cap that is nearest to being reached.
function cap({ caps }) {
  const share = ({ spent_usd: spent, max_usd: max }) => (max > 0 ? spent / max : 1);
  const nearest = caps.toSorted((a, b) => share(b) - share(a))[0];
  if (!nearest) return ["Cap", "none", "spending is not bounded"];
  return ["Nearest cap", percent(share(nearest)),
    `${nearest.what}: ${money(nearest.spent_usd)} of ${money(nearest.max_usd)}`];
}

function saved({ baselines, total }) {
  const dearest = baselines.findLast((baseline) => baseline.cost_usd !== null);
  if (!dearest) return ["Saved", "–", "no priced mid or flagship model to compare with"];
  const saving = dearest.cost_usd - total.paid_usd;
  return ["Saved, estimated", money(saving), `against all ${dearest.tier} (${dearest.model}): ${percent(saving, dearest.cost_usd)}`];
}

function free({ total }) {
  const all = sum(total.ways);
  return ["Without calling a model", percent(total.ways[0] + total.ways[1], all), `of ${several(all, "request")}`];
}

function accepted({ total }) {
  return ["Accepted", percent(total.taken, total.known), `of ${several(total.known, "suggestion")} with known fate`];
}

function timely({ total, classes }) {
  const slowest = classes.filter((one) => one.p95_ms !== null).toSorted((a, b) => b.p95_ms - a.p95_ms)[0];
  return ["By the deadline", percent(total.timed - total.late, total.timed),
    slowest ? `slowest: ${slowest.class}, 95 % by ${duration(slowest.p95_ms)}` : `of ${count(total.timed)}`];
}
