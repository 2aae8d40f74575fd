// Both ways of routing wrongly: above the line what was paid without need, below it what was too cheap to
// be good.

import { Card } from "./card.js";
import { overDays, stack } from "./days.js";
import { html, table } from "./draw.js";
import { count, dayOf, money, several, time } from "./words.js";

export function failuresCard() {
  const card = new Card("failures");
  return ({ days, failures: { paid_too_much: dear, too_cheap: cheap } }) => {
    const b = (text) => html("b", {}, text);
    card.show({
      sentence: [b(several(dear.count, "time")), ` a mid or flagship model was paid (${money(dear.usd)}) and its answer turned down, or the local engine had the same. `,
        b(several(cheap.count, "time")), " a cheaper answer was turned down and a dearer one asked for."],
      nothing: dear.count + cheap.count > 0 ? null : "No request of this span is known to have been routed wrongly.",
      legend: [["over", "paid too much"], ["under", "too cheap"]],
      made: overDays({
        days, isCount: true, label: (number) => count(Math.abs(number)),
        max: Math.max(...dear.days.map(([number]) => number)),
        min: -Math.max(...cheap.days.map(([number]) => number)),
        paint: (frame) => days.forEach((_, nth) => {
          stack(frame, nth, [["over", dear.days[nth][0]]]);
          stack(frame, nth, [["under", cheap.days[nth][0]]], -1);
        }),
        lines: (_, nth) => [
          ["over", "paid too much", `${several(dear.days[nth][0], "time")} · ${money(dear.days[nth][1])}`],
          ["under", "too cheap", `${several(cheap.days[nth][0], "time")} · ${money(cheap.days[nth][1])}`],
        ],
      }),
      after: [examples("Paid too much, the dearest", dear.examples), examples("Too cheap, the dearest", cheap.examples)],
      numbers: () => ["Requests routed wrongly, on each day in UTC", ["Day", "paid too much", "for", "too cheap", "for"],
        days.map((day, nth) => [day.day, count(dear.days[nth][0]), money(dear.days[nth][1]),
          count(cheap.days[nth][0]), money(cheap.days[nth][1])])],
    });
  };
}

function examples(name, found) {
  if (found.length === 0) return null;
  const rows = found.map((one) => [one.request, `${dayOf(one.at)}, ${time(one.at)}`, one.class ?? "–",
    one.model ? `${one.tier}, ${one.model}` : one.tier, money(one.usd), one.why]);
  return html("details", {}, html("summary", {}, name), html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name },
    table("", ["Request", "When", "Class", "Answered by", "Cost", "Why"], rows)));
}
