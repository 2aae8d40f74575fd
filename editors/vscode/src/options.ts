// The user's settings in the form the server takes them.

import * as vscode from 'vscode';

import { notifications } from './protocol';

/** Settings of the extension itself, which the server does not know. */
const own = ['server', 'trace'];

/**
 * The initialization options. All our settings have the scope of the machine, so a workspace has no
 * part in them. What nobody has set is null and is left out, so that it does not hide what the
 * settings file says. In a workspace that is not trusted no model is asked and no file is read that
 * is not open.
 */
export function initializationOptions(): Record<string, unknown> {
  const section = vscode.workspace.getConfiguration().get<Record<string, unknown>>('tabtier') ?? {};
  const options = asRecord(withoutNulls(section)) ?? {};
  for (const key of own) {
    Reflect.deleteProperty(options, key);
  }
  if (!vscode.workspace.isTrusted) {
    options.policy = { ...asRecord(options.policy), override: 'local' };
    options.index = { ...asRecord(options.index), enabled: false };
  }
  return { ...options, notifications: Object.values(notifications) };
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

/** A copy without null members and without the objects this leaves empty. */
function withoutNulls(value: unknown): unknown {
  const members = asRecord(value);
  if (members === undefined) {
    return value;
  }
  const kept = Object.entries(members)
    .map(([key, member]): [string, unknown] => [key, withoutNulls(member)])
    .filter(([, member]) => {
      const inner = asRecord(member);
      return member !== null && (inner === undefined || Object.keys(inner).length > 0);
    });
  return Object.fromEntries(kept);
}
