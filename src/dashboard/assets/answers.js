// Who answered, and how much the caches gave.

import { Card } from "./card.js";
import { line, overDays, stack } from "./days.js";
import { html } from "./draw.js";
import { NAMES, count, percent } from "./words.js";

const b = (text) => html("b", {}, text);
const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

export function answersCard() {
  const card = new Card("answers");
  return ({ days, total, ways }) => {
    const all = sum(total.ways);
    const [local, cache] = total.ways;
    card.show({
      sentence: [b(percent(local + cache, all)), ` of ${count(all)} requests needed no call of a model: `,
        `${percent(local, all)} local engine, ${percent(cache, all)} cache. `,
        `${count(total.superseded)} more were overtaken by the next key.`],
      nothing: all > 0 ? null : "No request was answered in this span.",
      legend: ways.map((way) => [way, NAMES[way]]),
      made: overDays({
        days, isShare: true, label: (share) => percent(share),
        paint: (frame) => days.forEach((day, nth) => {
          const of = sum(day.ways);
          if (of > 0) stack(frame, nth, ways.map((way, at) => [way, day.ways[at] / of]));
        }),
        lines: (day) => [
          ...ways.map((way, at) => [way, NAMES[way], `${count(day.ways[at])} · ${percent(day.ways[at], sum(day.ways))}`]).reverse(),
          [null, "requests", count(sum(day.ways))],
        ],
      }),
      numbers: () => ["Requests by who answered them, on each day in UTC",
        ["Day", ...ways.map((way) => NAMES[way]), "all"],
        days.map((day) => [day.day, ...day.ways.map(count), count(sum(day.ways))])],
    });
  };
}

export function cachesCard() {
  const card = new Card("caches");
  return ({ days, total }) => {
    // Ways are: local, cache, three tiers, nobody.
    const modelled = ({ ways }) => sum(ways.slice(1, 5));
    const own = days.map((day) => (modelled(day) > 0 ? day.ways[1] / modelled(day) : null));
    const theirs = days.map((day) => (day.input_tokens > 0 ? day.cached_tokens / day.input_tokens : null));
    const isEmpty = modelled(total) === 0 && total.input_tokens === 0;
    card.show({
      sentence: [b(percent(total.ways[1], modelled(total))), " of the answers that came from models were in our cache and cost nothing. ",
        b(percent(total.cached_tokens, total.input_tokens)), " of the tokens sent came from vendors’ prompt caches, at their lower price."],
      nothing: isEmpty ? "No model was called in this span, so there was nothing to keep." : null,
      legend: [["cache", "answers from our cache", "line"], ["over", "input tokens from vendors’ caches", "line"]],
      made: overDays({
        days, isShare: true, label: (share) => percent(share),
        paint: (frame) => {
          line(frame, "over", theirs);
          line(frame, "cache", own);
        },
        lines: (day, nth) => [
          ["cache", "answers from our cache", own[nth] === null ? "–" : `${count(day.ways[1])} · ${percent(own[nth])}`],
          ["over", "tokens from vendors’ caches", theirs[nth] === null ? "–" : `${count(day.cached_tokens)} · ${percent(theirs[nth])}`],
        ],
      }),
      numbers: () => ["Cache hits on each day, in UTC",
        ["Day", "answers from our cache", "share", "input tokens", "from vendors’ caches", "share"],
        days.map((day, nth) => [day.day, count(day.ways[1]), percent(own[nth] ?? 0, own[nth] === null ? 0 : 1),
          count(day.input_tokens), count(day.cached_tokens), percent(day.cached_tokens, day.input_tokens)])],
    });
  };
}
