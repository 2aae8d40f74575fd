// What was spent, against the caps, and what was saved.

import { Card } from "./card.js";
import { line, overDays, stack } from "./days.js";
import { html, svg } from "./draw.js";
import { count, money, percent, roundMoney, several } from "./words.js";

const TIERS = ["fast", "mid", "flagship"];
const b = (text) => html("b", {}, text);
const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

// What is known about an amount of which a part is estimated.
export const about = (usd, estimated) => (estimated > 0 ? `≈ ${money(usd)}` : money(usd));

export function spentCard() {
  const card = new Card("spent");
  return (figures) => {
    const { days, caps, total } = figures;
    const spent = days.map((day) => sum(day.spent_usd) + day.lost_usd);
    const all = sum(spent);
    const unknown = Object.entries(total.unpriced);
    const hasLost = days.some((day) => day.lost_usd > 0);
    const sentence = [
      b(about(all, total.estimated_usd)), ` in ${several(days.length, "day")}`,
      total.estimated_usd > 0 ? `, ${money(total.estimated_usd)} of it by our own count of tokens` : "",
      ". ",
      unknown.length === 0 ? "" : html("span", {}, b("Not in it: "),
        `${several(sum(unknown.map(([, calls]) => calls)), "call")} of unknown cost (${unknown.map(([model]) => model).join(", ")}).`),
    ];
    const nothing = all > 0 ? null : total.calls > 0
      ? "Nothing that has a known price was spent in this span."
      : "Nothing was spent: no model was called in this span.";
    card.show({
      sentence, nothing,
      legend: [...TIERS.map((tier) => [tier, tier]), ...(hasLost ? [["lost", "leased by servers that were killed"]] : [])],
      made: overSpent(days, spent, caps),
      after: caps.length === 0
        ? [html("p", { class: "note" }, "No cap is set. ", html("code", {}, "caps.month_usd"), " sets one.")]
        : [html("div", { class: "caps" }, caps.map(capMeter))],
      numbers: () => ["Dollars booked on each day, in UTC",
        ["Day", ...TIERS, "of killed servers", "in all", "of it estimated", "calls of unknown cost"],
        days.map((day, nth) => [day.day, ...day.spent_usd.map(money), money(day.lost_usd),
          money(spent[nth]), money(day.estimated_usd), count(day.unpriced)])],
    });
  };
}

function overSpent(days, spent, caps) {
  const most = Math.max(...spent);
  const cap = caps.find((cap) => cap.period === "day" && cap.tier === null)?.max_usd ?? null;
  // A cap far above everything would press the columns flat; then it is only named.
  const isShown = cap !== null && cap <= most * 3;
  return overDays({
    days, max: isShown ? Math.max(most, cap * 1.05) : most, label: roundMoney,
    paint: (frame) => {
      days.forEach((day, nth) => stack(frame, nth,
        [...TIERS.map((tier, at) => [tier, day.spent_usd[at]]), ["lost", day.lost_usd]]));
      if (cap === null) return;
      const { drawing, y, left, width, top } = frame;
      const at = isShown ? y(cap) : top - 8;
      if (isShown) drawing.append(svg("line", { class: "cap", x1: left, x2: width, y1: at, y2: at }));
      drawing.append(svg("text", { class: "end of-cap", x: width, y: at + (isShown ? -5 : 4) },
        isShown ? `cap for a day ${money(cap)}` : `cap for a day ${money(cap)}, above this plot ↑`));
    },
    lines: (day, nth) => [
      ...TIERS.map((tier, at) => [tier, tier, money(day.spent_usd[at])]).reverse(),
      ...(day.lost_usd > 0 ? [["lost", "of killed servers", money(day.lost_usd)]] : []),
      [null, "in all", about(spent[nth], day.estimated_usd)],
      ...(day.estimated_usd > 0 ? [[null, "of it estimated", money(day.estimated_usd)]] : []),
      ...(day.unpriced > 0 ? [[null, "unknown cost", several(day.unpriced, "call")]] : []),
      ...(cap === null ? [] : [[null, "cap", money(cap)]]),
    ],
  });
}

function capMeter({ what, spent_usd: spent, max_usd: max }) {
  const share = max > 0 ? spent / max : 1;
  const fill = html("div");
  fill.style.width = `${Math.min(100, share * 100)}%`;
  return html("div", {},
    html("div", {}, `${what}: `, b(money(spent)), ` of ${money(max)}, ${percent(share)}`),
    html("div", { class: share >= 0.8 ? "meter near" : "meter", role: "meter", "aria-label": what,
      "aria-valuenow": spent, "aria-valuemin": 0, "aria-valuemax": max,
      "aria-valuetext": `${money(spent)} of ${money(max)}` }, fill));
}

export function savedCard() {
  const card = new Card("saved");
  return ({ days, total, baselines }) => {
    const known = baselines.filter((baseline) => baseline.cost_usd !== null);
    const grown = (amounts) => amounts.map(((all) => (amount) => (all += amount))(0));
    const paid = grown(days.map((day) => day.paid_usd));
    const lines = known.map(({ tier, model }) =>
      ({ tier, model, amounts: grown(days.map((day) => day.instead_usd[tier] ?? 0)) })).reverse();
    const sentence = baselines.toReversed().flatMap((baseline) => [compared(baseline, total.paid_usd), " "]);
    card.show({
      sentence,
      nothing: known.length > 0 ? null : "There is nothing to compare with yet. Prices of the first model of the mid and flagship tiers make the comparison.",
      legend: [...lines.map(({ tier, model }) => [tier, `all ${tier} (${model})`, "line"]), ["paid", "paid", "line"]],
      made: overDays({
        days, max: Math.max(...paid, ...lines.flatMap(({ amounts }) => amounts)), label: roundMoney,
        paint: (frame) => {
          if (lines.length > 0) shade(frame, paid, lines[0].amounts);
          lines.forEach(({ tier, amounts }) => line(frame, tier, amounts));
          line(frame, "paid", paid);
        },
        lines: (_, nth) => [
          ...lines.map(({ tier, amounts }) => [tier, `all ${tier}`, money(amounts[nth])]),
          ["paid", "paid", about(paid[nth], total.estimated_usd)],
          ...lines.map(({ tier, amounts }) => [null, `saved against ${tier}`, money(amounts[nth] - paid[nth])]),
        ],
      }),
      numbers: () => ["Dollars from the first day of the span on",
        ["Up to", "paid", ...lines.map(({ tier }) => `all ${tier}`)],
        days.map((day, nth) => [day.day, money(paid[nth]), ...lines.map(({ amounts }) => money(amounts[nth]))])],
      after: [html("p", { class: "note" },
        "“All flagship” is an estimate: one call of the tier’s first model for each request that was answered or asked a model, with the tokens an average call of its class used in this span, at the model’s usual price and without a prompt cache.")],
    });
  };
}

// How one tier compares, as a sentence.
export function compared({ tier, model, cost_usd: cost, unknown }, paid) {
  if (cost === null) return html("span", {}, `All ${tier}: ${unknown}.`);
  const saved = cost - paid;
  return saved >= 0
    ? html("span", {}, b(money(saved)), ` (${percent(saved, cost)}) less than all ${tier} (${model}), which would be ${money(cost)}.`)
    : html("span", {}, b(money(-saved)), ` more than all ${tier} (${model}), which would be ${money(cost)}.`);
}

function shade({ drawing, x, y, step }, low, high) {
  const at = (nth) => (x(nth) + step / 2).toFixed(1);
  const up = high.map((amount, nth) => `${at(nth)},${y(amount).toFixed(1)}`);
  const down = low.map((amount, nth) => `${at(nth)},${y(amount).toFixed(1)}`).reverse();
  drawing.append(svg("polygon", { class: "shade", points: [...up, ...down].join(" ") }));
}
