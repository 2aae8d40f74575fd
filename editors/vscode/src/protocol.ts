// What the server and this extension say to each other besides the standard; see docs/protocol.md.

/** The notifications of the server's own that this extension understands. */
export const notifications = { status: 'tabtier/status', late: 'tabtier/late' } as const;

/** Commands of the server. */
export const serverCommands = {
  accepted: 'tabtier.accepted',
  explain: 'tabtier.explain',
  pause: 'tabtier.pause',
  policy: 'tabtier.policy',
  resume: 'tabtier.resume',
  setOverride: 'tabtier.setOverride',
  status: 'tabtier.status',
} as const;

/** Tiers in the order of their price, and what leaves the choice to the policy. */
export const overrides = ['auto', 'local', 'fast', 'mid', 'flagship'] as const;
export type Override = (typeof overrides)[number];

/** Something the user should look at, with the way out. */
export interface Problem {
  about: 'settings' | 'model';
  message: string;
  /** How many other problems there are. */
  more: number;
  remedy: string;
}

/** `tabtier/status`. */
export interface Status {
  state: 'on' | 'paused' | 'off';
  override: Override;
  /** Who the last suggestion came from; a model of null is the local engine. */
  last: { tier: string; model: string | null } | null;
  /** Since the server started. */
  spent_usd: number;
  unpriced_calls: number;
  /** Over every server of the user; missing where no ledger is kept. */
  today?: { spent_usd: number; cap_usd: number | null };
  problem: Problem | null;
}

/** `tabtier/late`: asking again at this place gives an answer that was missing before. */
export interface Late {
  textDocument: { uri: string; version: number };
  position: { line: number; character: number };
}

/** What `tabtier.status` has that is used here. */
export interface FullStatus {
  settings_file: string | null;
}

/** What `tabtier.explain` has that is used here. */
export interface Explanation {
  /** The same in words. */
  text: string;
  /** Null where nothing was offered. */
  offered: object | null;
}
