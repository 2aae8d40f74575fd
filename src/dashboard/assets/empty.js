// What stands on the page before there is anything to draw: where things are, and what to do.

import { html } from "./draw.js";

const code = (text) => html("code", {}, text);

// Shows the empty page if nothing was ever kept; whether it did.
export function showEmpty(figures) {
  const place = document.getElementById("empty");
  const isEmpty = figures.oldest === null && !figures.days.some((day) => day.spent_usd.some((usd) => usd > 0));
  place.hidden = !isEmpty;
  if (isEmpty) place.replaceChildren(...words(figures.setup));
  return isEmpty;
}

function words({ ledger, settings, is_enabled: isEnabled, keeps_entries: keeps, tiers }) {
  const configured = tiers.filter(({ models }) => models.length > 0);
  const steps = [];
  if (!isEnabled) {
    steps.push(["Tabtier is switched off: ", code("enabled"), " is false in the settings."]);
  } else if (!keeps) {
    steps.push(["Requests are not kept: ", code("ledger.enabled"), " is false in the settings, so there is nothing to draw but what was spent."]);
  } else {
    steps.push(["Open a file in an editor that is set up for Tabtier and type; the first decision shows up here by itself."]);
    steps.push(["To see one answer without an editor, run ", code("tabtier complete FILE:LINE:COL --explain"), " (this leaves no entry)."]);
  }
  steps.push(configured.length === 0
    ? ["No model is configured. The local engine answers what it can, at no cost; ", settings ? code(settings) : "the settings file", " is where models are added."]
    : [`Models: ${configured.map(({ tier, models }) => `${tier} ${models.join(", ")}`).join("; ")}. They were not asked yet.`]);
  steps.push(ledger.path === null
    ? ["This system has no folder for state, so no ledger is kept."]
    : ["The ledger is ", code(ledger.path), ledger.exists ? ", with no entry so far." : ", which the first server that has something to write will make."]);
  return [
    html("h2", {}, "No requests yet"),
    html("p", {}, "This page shows who answered your completions, how fast, and what it cost. It is waiting for the first one."),
    html("ul", {}, steps.map((step) => html("li", {}, ...step))),
  ];
}
