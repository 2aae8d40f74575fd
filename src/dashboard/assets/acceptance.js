// How often suggestions are accepted, by class and by the tier that made them. The table is the plot.

import { Card } from "./card.js";
import { html } from "./draw.js";
import { count, percent, several } from "./words.js";

// Fewer suggestions than this say little about a rate: at 20 it is easily off by a fifth.
const FEW = 20;

export function acceptanceCard() {
  const card = new Card("acceptance");
  card.plot.element.remove();
  return ({ classes, total }) => {
    const shown = classes.filter((one) => one.tiers.some((tier) => tier.known > 0));
    const nothing = html("p", { class: "nothing" }, "It is not known of any suggestion in this span what became of it.");
    card.show({
      sentence: [html("b", {}, percent(total.taken, total.known)), ` of ${several(total.known, "suggestion")} whose fate is known `,
        "were accepted, in whole or in part. What was typed by hand all the same does not count."],
      after: [shown.length > 0 ? rates(shown) : nothing],
    });
  };
}

function rates(shown) {
  const tiers = shown[0].tiers.map((tier) => tier.tier);
  return html("div", { class: "scroll" }, html("table", { class: "rates" },
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Class"),
      tiers.map((tier) => html("th", { scope: "col" }, tier)))),
    html("tbody", {}, shown.map((one) => html("tr", {},
      html("th", { scope: "row" }, one.class), one.tiers.map((tier) => cell(one.class, tier)))))));
}

function cell(name, { tier, known, taken }) {
  if (known === 0) return html("td", { class: "none" }, "–");
  const made = html("td", {
    class: known < FEW ? "few" : "",
    title: `${name}, ${tier}: ${count(taken)} of ${count(known)} accepted${known < FEW ? "; too few to say much" : ""}`,
  }, html("b", {}, percent(taken, known)), html("small", {}, `of ${count(known)}`));
  made.style.setProperty("--share", taken / known);
  return made;
}
