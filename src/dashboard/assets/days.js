// Plots over days: one column for each, dates below, amounts at the left.

import { linear, svg, ticks } from "./draw.js";
import { day as dayWords, longDay } from "./words.js";

const HEIGHT = 220;
const TOP = 16;
const BOTTOM = HEIGHT - 24;

// `max` is the greatest amount and `min` the least, `label` makes words of an amount, `paint` draws into
// the frame and `lines` says what is to be told of a day.
export function overDays({ days, max, min = 0, label, paint, lines, isShare = false, isCount = false }) {
  const above = isShare ? [0, 0.25, 0.5, 0.75, 1] : ticks(max, min < 0 ? 2 : 4, isCount);
  const below = min < 0 ? ticks(-min, 2, isCount).slice(1).map((tick) => -tick) : [];
  const marks = [...below, ...above].sort((a, b) => a - b);
  const words = marks.map(label);
  const left = 12 + 7 * Math.max(...words.map((word) => word.length));
  return (width) => {
    const y = linear(marks[0], marks.at(-1), BOTTOM, TOP);
    const step = (width - left) / days.length;
    const x = (nth) => left + nth * step;
    const cursor = svg("rect", { class: "cursor", y: TOP, width: step, height: BOTTOM - TOP, visibility: "hidden" });
    const drawing = svg("svg", { height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });
    marks.forEach((mark, nth) => drawing.append(
      svg("line", { class: mark === 0 ? "axis" : "grid", x1: left, x2: width, y1: y(mark), y2: y(mark) }),
      svg("text", { class: "end", x: left - 8, y: y(mark) + 4 }, words[nth]),
    ));
    dates(days, step).forEach((nth) => drawing.append(
      svg("text", { class: "mid", x: clamp(x(nth) + step / 2, left + 18, width - 20), y: HEIGHT - 6 }, dayWords(days[nth].day)),
    ));
    paint({ drawing, x, y, step, width, left, top: TOP, bottom: BOTTOM });
    drawing.append(cursor);
    return {
      svg: drawing,
      rows: 1,
      columns: days.length,
      find: (at) => (at < left ? null : [0, clamp(Math.floor((at - left) / step), 0, days.length - 1)]),
      mark: (place) => {
        cursor.setAttribute("visibility", place ? "visible" : "hidden");
        if (place) cursor.setAttribute("x", x(place[1]));
      },
      tell: ([, nth]) => ({ title: longDay(days[nth].day), lines: lines(days[nth], nth), x: x(nth) + step / 2 }),
    };
  };
}

// A column of parts, one on top of the other: [class, amount] from the bottom up.
export function stack({ drawing, x, y, step }, nth, parts, sign = 1) {
  let from = 0;
  const gap = step > 6 ? Math.min(4, step * 0.2) : 0.5;
  for (const [kind, amount] of parts) {
    if (!(amount > 0)) continue;
    const [low, high] = [y(sign * from), y(sign * (from + amount))];
    const top = Math.min(low, high);
    drawing.append(svg("rect", {
      class: `bar ${kind}`, x: x(nth) + gap / 2, width: Math.max(step - gap, 0.75), y: top,
      // A hair of ground between parts, as far as there is room.
      height: Math.max(Math.abs(low - high) - (Math.abs(low - high) > 3 ? 1 : 0), 0.5),
    }));
    from += amount;
  }
}

// A line through the middle of the days; where an amount is unknown there is none.
export function line({ drawing, x, y, step }, kind, amounts, shape = "") {
  let path = "";
  let isDown = false;
  amounts.forEach((amount, nth) => {
    if (amount === null) {
      isDown = false;
      return;
    }
    path += `${isDown ? "L" : "M"}${(x(nth) + step / 2).toFixed(1)},${y(amount).toFixed(1)}`;
    isDown = true;
  });
  drawing.append(svg("path", { class: `line ${kind} ${shape}`, d: path }));
  const isAlone = (nth) => amounts[nth] !== null && (amounts[nth - 1] ?? null) === null && (amounts[nth + 1] ?? null) === null;
  amounts.forEach((amount, nth) => {
    if (isAlone(nth)) drawing.append(svg("circle", { class: `dot ${kind}`, cx: x(nth) + step / 2, cy: y(amount), r: 3.5 }));
  });
}

// As many dates as have room, counted back from the last.
function dates(days, step) {
  const every = Math.max(1, Math.ceil(68 / step));
  return days.map((_, nth) => nth).filter((nth) => (days.length - 1 - nth) % every === 0);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
