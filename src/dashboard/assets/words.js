// Figures in words, always with their unit, which no line break parts from them. Days and months are those of the ledger, in UTC.

const whole = new Intl.NumberFormat("en-US");
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const dayWords = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const longDayWords = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

// Two decimals for dollars; for less, as many as show three digits.
export function money(usd) {
  if (usd === 0) return "$0";
  const size = Math.abs(usd);
  const sign = usd < 0 ? "−" : "";
  if (size >= 0.995) return `${sign}$${cents.format(size)}`;
  const digits = Math.min(12, Math.max(3, 2 - Math.floor(Math.log10(size))));
  return `${sign}$${size.toFixed(digits).replace(/0+$/, "")}`;
}

// Amounts at an axis are round: "$40", and "$2.50" beside "$5".
export const roundMoney = (usd) => money(usd).replace(/\.00$/, "");

export const count = (number) => whole.format(number);

export function several(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

// Nothing of nothing is no share.
export function percent(part, of = 1) {
  if (!of) return "–";
  const share = (100 * part) / of;
  if (share > 0 && share < 1) return `${share.toFixed(1)}\u00a0%`;
  // What is not perfect must not look it.
  if (share > 99 && share < 100) return `${(Math.floor(share * 10) / 10).toFixed(1)}\u00a0%`;
  return `${share.toFixed(0)}\u00a0%`;
}

export function duration(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 9.95) return `${ms.toPrecision(2)}\u00a0ms`;
  if (ms < 9950) return `${count(Number(ms.toPrecision(3)))}\u00a0ms`;
  return `${(ms / 1000).toPrecision(2)}\u00a0s`;
}

export const day = (date) => dayWords.format(new Date(`${date}T00:00Z`));
export const longDay = (date) => longDayWords.format(new Date(`${date}T00:00Z`));
export const time = (at) => clock.format(new Date(at));
export const dayOf = (at) => day(new Date(at).toISOString().slice(0, 10));

export const NAMES = {
  local: "local engine",
  cache: "cache",
  fast: "fast",
  mid: "mid",
  flagship: "flagship",
  nobody: "nothing offered",
};

export const FATES = {
  nothing: "nothing offered",
  superseded: "overtaken by the next key",
  shown: "shown",
  accepted: "accepted",
  partly: "accepted in part",
  typed_through: "typed by hand",
  rejected: "dismissed",
  overtyped: "something else typed",
  ignored: "ignored",
};
