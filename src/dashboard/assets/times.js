// How long answers take: one distribution for each class on a common axis, in the colors of who answered,
// with the deadline of the class.

import { Card } from "./card.js";
import { html, svg } from "./draw.js";
import { NAMES, count, duration, percent } from "./words.js";

const ROW = 76;
const HEAD = 20;
const AXIS = 24;
const MARKS = [0.1, 1, 10, 100, 1000, 10000];

export function timesCard() {
  const card = new Card("times", { keys: "Left and right arrow keys go through times, up and down through classes." });
  return ({ classes, ways, total, bar_edges_ms: edges }) => {
    const shown = classes.filter((one) => one.timed > 0);
    const b = (text) => html("b", {}, text);
    card.show({
      sentence: [b(percent(total.timed - total.late, total.timed)), ` of ${count(total.timed)} requests were answered by their deadline `,
        `(${count(total.late)} later). Heights are shares of a class; the axis is logarithmic.`],
      nothing: shown.length > 0 ? null : "No request was waited for in this span.",
      legend: ways.map((way) => [way, NAMES[way]]),
      made: (width) => draw(width, shown, ways, edges),
      numbers: () => ["Time to answer, by class",
        ["Class", "requests", "deadline", "median", "95 % by", "99 % by", "by the deadline"],
        shown.map((one) => [one.class, count(one.timed), due(one), duration(one.p50_ms), duration(one.p95_ms),
          duration(one.p99_ms), percent(one.timed - one.late, one.timed)])],
    });
  };
}

// Deadlines in words: some requests of a class may have had others.
function due({ deadline_ms: usual, deadlines_ms: [least, most] }) {
  return least === most ? duration(usual) : `${duration(usual)} (${duration(least)} to ${duration(most)})`;
}

function draw(width, shown, ways, edges) {
  const height = shown.length * ROW + AXIS;
  const ends = used(shown, edges);
  const scale = (ms) => {
    const [low, high] = ends.map((end) => Math.log(edges[end]));
    return ((Math.log(Math.max(ms, edges[ends[0]])) - low) / (high - low)) * width;
  };
  const drawing = svg("svg", { height, viewBox: `0 0 ${width} ${height}` });
  for (const mark of MARKS.filter((mark) => mark > edges[ends[0]] && mark < edges[ends[1]])) {
    const x = scale(mark);
    drawing.append(
      svg("line", { class: "grid", x1: x, x2: x, y1: HEAD, y2: height - AXIS }),
      svg("text", { class: "mid", x: Math.min(Math.max(x, 20), width - 24), y: height - 6 }, duration(mark)),
    );
  }
  const cursor = svg("rect", { class: "cursor", height: ROW - HEAD, visibility: "hidden" });
  shown.forEach((one, nth) => row(drawing, one, nth, { width, ways, edges, ends, scale }));
  drawing.append(cursor);
  const columns = ends[1] - ends[0];
  return {
    svg: drawing,
    rows: shown.length,
    columns,
    find: (x, y) => {
      const at = edges.findIndex((edge, nth) => nth < edges.length - 1 && x < scale(edges[nth + 1]));
      const place = [Math.floor(y / ROW), at - ends[0]];
      return place[0] < shown.length && place[1] >= 0 && place[1] < columns ? place : null;
    },
    mark: (place) => {
      cursor.setAttribute("visibility", place ? "visible" : "hidden");
      if (!place) return;
      const [left, right] = [0, 1].map((more) => scale(edges[ends[0] + place[1] + more]));
      for (const [name, value] of Object.entries({ x: left, width: right - left, y: place[0] * ROW + HEAD })) {
        cursor.setAttribute(name, value);
      }
    },
    tell: ([nth, column]) => {
      const [one, bar] = [shown[nth], ends[0] + column];
      const found = ways.map((way, at) => [way, NAMES[way], one.bars[at][bar]]).filter(([, , number]) => number > 0);
      const all = found.reduce((sum, [, , number]) => sum + number, 0);
      return {
        title: `${one.class}: ${duration(edges[bar])} to ${duration(edges[bar + 1])}`,
        lines: [...found.map(([way, name, number]) => [way, name, count(number)]).reverse(),
          [null, "of the class", percent(all, one.timed)], [null, "deadline", due(one)]],
        x: scale(edges[bar]),
        y: Math.min(nth * ROW + 24, height - 120),
      };
    },
  };
}

// The bars from the first that any class uses, or a deadline, to the last.
function used(shown, edges) {
  const isUsed = (bar) => shown.some((one) => one.bars.some((bars) => bars[bar] > 0) || covers(edges, bar, one.deadline_ms));
  const bars = edges.slice(0, -1).map((_, bar) => bar).filter(isUsed);
  return [bars[0], Math.min(bars.at(-1) + 2, edges.length - 1)];
}

const covers = (edges, bar, ms) => edges[bar] <= ms && ms < edges[bar + 1];

function row(drawing, one, nth, { width, ways, edges, ends, scale }) {
  const [top, bottom] = [nth * ROW, (nth + 1) * ROW - 10];
  const totals = edges.slice(0, -1).map((_, bar) => one.bars.reduce((sum, bars) => sum + bars[bar], 0));
  const tallest = Math.max(...totals);
  const room = bottom - top - HEAD - 6;
  drawing.append(svg("line", { class: "axis", x1: 0, x2: width, y1: bottom, y2: bottom }));
  for (let bar = ends[0]; bar < ends[1]; bar += 1) {
    const [left, right] = [scale(edges[bar]), scale(edges[bar + 1])];
    let from = bottom;
    ways.forEach((way, at) => {
      const height = (one.bars[at][bar] / tallest) * room;
      if (height <= 0) return;
      from -= height;
      drawing.append(svg("rect", { class: `bar ${way}`, x: left + 0.5, width: Math.max(right - left - 1, 0.75), y: from, height }));
    });
  }
  const at = scale(one.deadline_ms);
  const isRight = at > width - 110;
  const numbers = width > 620
    ? `median ${duration(one.p50_ms)} · 95 % by ${duration(one.p95_ms)} · 99 % by ${duration(one.p99_ms)} · ${percent(one.timed - one.late, one.timed)} by the deadline`
    : `95 % by ${duration(one.p95_ms)}`;
  drawing.append(
    svg("text", { class: "strong", x: 0, y: top + 14 }, one.class),
    svg("text", { x: 96, y: top + 14 }, numbers),
    svg("line", { class: "due", x1: at, x2: at, y1: top + HEAD, y2: bottom }),
    svg("text", { class: isRight ? "end" : "", x: at + (isRight ? -5 : 5), y: top + HEAD + 10 }, `deadline ${duration(one.deadline_ms)}`),
  );
}
