// A card: a heading that stands in the page, a sentence that says what is to be seen, a plot that can be
// read with pointer and keys, and the same numbers as a table.

import { html, table } from "./draw.js";

// What one card shows, made anew with each figures. `plot` gets a width and returns what to draw and how
// it is read; see `Plot`.
export class Card {
  constructor(id, { keys = "" } = {}) {
    this.section = document.getElementById(id);
    const heading = this.section.querySelector("h2");
    heading.id = `${id}-heading`;
    this.section.setAttribute("aria-labelledby", heading.id);
    this.say = html("p", { class: "say", id: `${id}-say` });
    this.legend = html("ul", { class: "legend", "aria-hidden": "true" });
    this.plot = new Plot(heading.textContent, `${id}-say`, keys);
    this.after = html("div");
    this.numbers = html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${heading.textContent}: numbers` });
    this.details = html("details", {}, html("summary", {}, "Numbers"), this.numbers);
    this.details.addEventListener("toggle", () => this.tabulate());
    this.section.append(this.say, this.legend, this.plot.element, this.after, this.details);
  }

  // `sentence` is a list of texts and elements; `made` is null where there is nothing to draw.
  show({ sentence, legend = [], nothing = null, made = null, numbers = null, after = [] }) {
    this.say.replaceChildren(...sentence);
    this.legend.replaceChildren(...(nothing ? [] : legend.map(([kind, name, shape = ""]) =>
      html("li", {}, html("span", { class: `key ${shape} ${kind}` }), name))));
    this.plot.show(nothing, made);
    const opened = new Set([...this.after.querySelectorAll("details[open] summary")].map((summary) => summary.textContent));
    this.after.replaceChildren(...after.filter((element) => element !== null));
    for (const details of this.after.querySelectorAll("details")) details.open = opened.has(details.firstChild.textContent);
    this.makeNumbers = numbers;
    this.details.hidden = nothing !== null || numbers === null;
    this.tabulate();
  }

  // Tables are long and mostly closed.
  tabulate() {
    if (!this.details.open || this.details.hidden) return;
    this.numbers.replaceChildren(table(...this.makeNumbers()));
  }
}

// What is drawn, with a place that is being read. Places form rows of columns; arrow keys and the pointer
// go from one to the next, and a tip says what is there.
class Plot {
  constructor(name, describedBy, keys) {
    this.tip = html("div", { class: "tip", role: "status" });
    this.canvas = html("div", { "aria-hidden": "true" });
    this.element = html("div", {
      class: "plot", tabindex: "0", role: "group", "aria-roledescription": "plot",
      "aria-label": `${name}. ${keys || "Left and right arrow keys read one day after the other."}`,
      "aria-describedby": describedBy,
    }, this.canvas, this.tip);
    this.place = null;
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("pointermove", (event) => this.point(event));
    this.element.addEventListener("pointerleave", () => this.read(null));
    this.element.addEventListener("blur", () => this.read(null));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  show(nothing, made) {
    this.make = made;
    this.element.tabIndex = nothing ? -1 : 0;
    if (nothing) {
      this.read(null);
      this.canvas.replaceChildren(html("p", { class: "nothing" }, nothing));
      this.canvas.removeAttribute("aria-hidden");
    } else {
      this.canvas.setAttribute("aria-hidden", "true");
      this.draw();
    }
  }

  draw() {
    const width = this.element.clientWidth;
    if (!this.make || width === 0) return;
    this.drawn = this.make(width);
    this.canvas.replaceChildren(this.drawn.svg);
    this.read(this.place);
  }

  key(event) {
    if (!this.make) return;
    const { rows, columns } = this.drawn;
    const [row, column] = this.place ?? [0, event.key === "ArrowLeft" ? columns : -1];
    const moves = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column], Home: [row, 0], End: [row, columns - 1],
    };
    if (event.key === "Escape") this.read(null);
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [to, at] = moves[event.key];
    this.read([Math.min(Math.max(to, 0), rows - 1), Math.min(Math.max(at, 0), columns - 1)]);
  }

  point(event) {
    if (!this.make) return;
    const box = this.element.getBoundingClientRect();
    this.read(this.drawn.find(event.clientX - box.left, event.clientY - box.top));
  }

  // Shows what is at a place: [row, column], or null for nowhere.
  read(place) {
    const known = this.make && place && place[0] < this.drawn.rows && place[1] < this.drawn.columns;
    this.place = known ? place : null;
    this.drawn?.mark(this.place);
    if (!known) return this.tip.replaceChildren();
    const { title, lines, x, y = 8 } = this.drawn.tell(place);
    this.tip.replaceChildren(html("strong", {}, title), html("dl", {}, lines.map(([kind, name, value]) => [
      html("dt", {}, kind ? html("span", { class: `key ${kind}` }) : "", name), html("dd", {}, value),
    ])));
    const room = this.element.clientWidth - this.tip.offsetWidth;
    const beside = x + 16 > room ? x - 16 - this.tip.offsetWidth : x + 16;
    this.tip.style.left = `${Math.max(0, Math.min(beside, room))}px`;
    this.tip.style.top = `${y}px`;
    return undefined;
  }
}
