// Elements and scales. Texts are set as texts, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const html = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

// Round numbers from zero up to `max` or a little more, about `wanted` of them; whole ones for counts.
export function ticks(max, wanted = 4, isCount = false) {
  if (!(max > 0)) return [0, 1];
  const rough = isCount ? Math.max(max / wanted, 1) : max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (isCount ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]).map((part) => part * power).find((part) => part >= rough * 0.999);
  const found = [];
  for (let nth = 0; found.length === 0 || found.at(-1) < max * 0.999; nth += 1) {
    found.push(Number((nth * step).toPrecision(12)));
  }
  return found;
}

// From values to pixels.
export const linear = (from, to, low, high) => (value) =>
  low + ((value - from) / (to - from || 1)) * (high - low);

export function table(caption, head, rows) {
  const cell = (text, nth) => html(nth === 0 ? "th" : "td", nth === 0 ? { scope: "row" } : {}, text);
  return html("table", {},
    html("caption", {}, caption),
    html("thead", {}, html("tr", {}, head.map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, rows.map((row) => html("tr", {}, row.map(cell)))));
}
