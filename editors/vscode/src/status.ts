// The status bar: who the last suggestion came from, what is spent, and what is wrong with the way out.

import * as vscode from 'vscode';

import { commands } from './names';
import type { Status } from './protocol';

/** What can be said when there is no status of a running server. */
export type Trouble = { kind: 'starting' } | { kind: 'stopped'; why: string };

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;

  constructor() {
    this.item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'Tabtier';
    this.item.command = commands.menu;
    this.trouble({ kind: 'starting' });
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }

  /** The server is not there. */
  trouble(trouble: Trouble): void {
    if (trouble.kind === 'starting') {
      this.show('$(loading~spin) Tabtier', 'The server starts.', undefined);
    } else {
      this.show('$(error) Tabtier', trouble.why, 'statusBarItem.errorBackground');
    }
  }

  /** The server says how it stands. */
  status(status: Status): void {
    const background = status.problem === null ? undefined : 'statusBarItem.warningBackground';
    this.show(label(status), details(status), background);
  }

  private show(text: string, tooltip: string, background: string | undefined): void {
    this.item.text = text;
    this.item.tooltip = new vscode.MarkdownString(tooltip, true);
    this.item.accessibilityInformation = { label: `Tabtier: ${tooltip.replace(/[*`]/g, '')}` };
    this.item.backgroundColor =
      background === undefined ? undefined : new vscode.ThemeColor(background);
  }
}

/** What stands in the bar. */
export function label(status: Status): string {
  if (status.state === 'off') {
    return '$(circle-slash) Tabtier off';
  }
  if (status.state === 'paused') {
    return '$(debug-pause) Tabtier paused';
  }
  const icon = status.problem === null ? '$(sparkle)' : '$(warning)';
  const tier = status.last === null ? '' : ` ${status.last.tier}`;
  return `${icon} Tabtier${tier}${spent(status)}`;
}

/** Spend in short, where there is any. */
function spent({ today, spent_usd: session }: Status): string {
  if (today !== undefined) {
    const cap = today.cap_usd === null ? '' : ` / ${money(today.cap_usd)}`;
    return today.spent_usd > 0 || today.cap_usd !== null ? ` ${money(today.spent_usd)}${cap}` : '';
  }
  return session > 0 ? ` ${money(session)}` : '';
}

function details(status: Status): string {
  const lines: string[] = [];
  if (status.problem !== null) {
    const { message, remedy, more } = status.problem;
    const others = more > 0 ? ` (and ${more} more)` : '';
    lines.push(`**${escape(message)}**${others}`, `What helps: ${remedy}`);
  }
  if (status.state === 'paused') {
    lines.push('Paused: nothing is suggested until you resume.');
  }
  if (status.state === 'off') {
    lines.push('Switched off by the setting `enabled`.');
  }
  if (status.last !== null) {
    const by = status.last.model === null ? 'this machine alone' : `\`${status.last.model}\``;
    lines.push(`Last suggestion: ${status.last.tier}, by ${by}`);
  }
  if (status.override !== 'auto') {
    lines.push(`Everything goes to ${status.override}.`);
  }
  const unknown = status.unpriced_calls > 0 ? `, ${status.unpriced_calls} calls of unknown price` : '';
  lines.push(`Spent since the server started: ${money(status.spent_usd)}${unknown}`);
  return lines.join('\n\n');
}

/** Cents matter while sums are small. */
export function money(usd: number): string {
  if (usd > 0 && usd < 0.0001) {
    return '<$0.0001';
  }
  const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 3 : 4;
  return `$${usd.toFixed(digits)}`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|]/g, '\\$&');
}
