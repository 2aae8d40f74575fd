// Tabtier in VS Code: starts the server, shows how it stands, and hands over what the user asks for.

import * as vscode from 'vscode';

import { register } from './commands';
import type { Status } from './protocol';
import { Server } from './server';
import { StatusBar, type Trouble } from './status';

/** Settings may be edited key by key; the server starts anew once that has stopped. */
const settledMs = 500;

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const bar = new StatusBar();
  const started = new Server(context.extensionPath, {
    status: (status: Status) => { bar.status(status); },
    trouble: (trouble: Trouble) => { bar.trouble(trouble); },
  });
  server = started;
  let timer: NodeJS.Timeout | undefined;
  context.subscriptions.push(
    bar,
    started,
    ...register(started),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('tabtier')) {
        clearTimeout(timer);
        timer = setTimeout(() => void started.restart(), settledMs);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
    { dispose: () => { clearTimeout(timer); } },
  );
  await started.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
