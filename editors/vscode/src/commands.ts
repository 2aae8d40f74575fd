// What the user can ask for.

import { existsSync } from 'node:fs';
import * as vscode from 'vscode';

import { Dashboard } from './dashboard';
import { commands } from './names';
import {
  type Explanation,
  type FullStatus,
  type Override,
  overrides,
  serverCommands,
} from './protocol';
import type { Server } from './server';

const page = 'tabtier-page';

const meaning: Record<Override, string> = {
  auto: 'as the policy says',
  local: 'nothing leaves this machine, nothing is spent',
  fast: 'everything to your small models',
  mid: 'everything to your mid-size models',
  flagship: 'everything to your best models',
};

/** Registers every command. */
export function register(server: Server): vscode.Disposable[] {
  const pages = new Pages();
  const dashboard = new Dashboard();
  const actions: Record<string, () => Promise<void>> = {
    [commands.menu]: () => menu(server),
    [commands.explain]: () => explain(server, pages),
    [commands.askBetter]: () => server.asking.better(),
    [commands.togglePause]: () => togglePause(server),
    [commands.chooseOverride]: () => chooseOverride(server),
    [commands.openSettingsFile]: () => openSettingsFile(server),
    [commands.restart]: () => server.restart(),
    [commands.doctor]: () => doctor(server),
    [commands.openDashboard]: () => dashboard.open(program(server)),
    [commands.showLog]: () => {
      server.log.show();
      return Promise.resolve();
    },
  };
  const registered = Object.entries(actions).map(([name, action]) =>
    vscode.commands.registerCommand(name, () => telling(action)),
  );
  const end = new vscode.Disposable(() => { dashboard.dispose(); });
  return [...registered, end, vscode.workspace.registerTextDocumentContentProvider(page, pages)];
}

/** Runs an action and shows what it fails with. */
async function telling(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const answer = await vscode.window.showErrorMessage(`Tabtier: ${what}`, 'Show Log');
    if (answer !== undefined) {
      await vscode.commands.executeCommand(commands.showLog);
    }
  }
}

async function menu(server: Server): Promise<void> {
  const status = server.current;
  const item = (label: string, command: string, detail?: string) => ({
    label,
    command,
    ...(detail === undefined ? {} : { detail }),
  });
  const problem = status?.problem;
  const fix = problem?.about === 'settings' ? commands.openSettingsFile : commands.doctor;
  const items = [
    ...(problem ? [item(`$(warning) ${problem.message}`, fix, problem.remedy)] : []),
    ...(status === undefined
      ? []
      : [
          item(status.state === 'paused' ? '$(play) Resume' : '$(debug-pause) Pause', commands.togglePause),
          item('$(question) Explain the Last Completion', commands.explain),
          item('$(rocket) Ask a Bigger Model', commands.askBetter),
          item(`$(settings) Who Answers: ${status.override}`, commands.chooseOverride),
          item('$(gear) Open the Settings File', commands.openSettingsFile),
        ]),
    item('$(graph) Open the Dashboard', commands.openDashboard),
    item('$(debug-restart) Restart the Server', commands.restart),
    item('$(pulse) Doctor', commands.doctor),
    item('$(output) Show the Log', commands.showLog),
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'Tabtier' });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

async function explain(server: Server, pages: Pages): Promise<void> {
  const uri = pages.put('Tabtier: the last completion', await explanation(server));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    preserveFocus: true,
  });
}

/** The last suggestion, and the request after it where that came to nothing. */
async function explanation(server: Server): Promise<string> {
  const ask = (...request: number[]) =>
    server.run<Explanation | null>(serverCommands.explain, ...request);
  const last = await ask();
  if (last === null) {
    return 'Nothing was asked yet. Type something first.\n';
  }
  const { lastRequest } = server.suggestions;
  const earlier = last.offered === null && lastRequest !== undefined ? await ask(lastRequest) : null;
  if (earlier === null) {
    return last.text;
  }
  return `The last suggestion\n\n${earlier.text}\n\nThe last request, which brought none\n\n${last.text}`;
}

async function togglePause(server: Server): Promise<void> {
  const isPaused = server.current?.state === 'paused';
  await server.run(isPaused ? serverCommands.resume : serverCommands.pause);
}

async function chooseOverride(server: Server): Promise<void> {
  const current = server.current?.override;
  const items = overrides.map((name) => ({
    label: name,
    description: meaning[name],
    picked: name === current,
  }));
  const title = 'Tabtier: who answers, until the server ends';
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen !== undefined) {
    await server.run(serverCommands.setOverride, chosen.label);
  }
}

async function openSettingsFile(server: Server): Promise<void> {
  const { settings_file: file } = await server.run<FullStatus>(serverCommands.status);
  if (file === null) {
    throw new Error('this system has no folder for settings; use the editor’s own settings');
  }
  if (existsSync(file)) {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    return;
  }
  const create = 'Create It';
  const question = `There is no settings file yet at ${file}.`;
  if ((await vscode.window.showInformationMessage(question, create)) === create) {
    terminal(server, 'config', ['init', 'config', '--write']);
  }
}

function doctor(server: Server): Promise<void> {
  terminal(server, 'doctor', ['doctor']);
  return Promise.resolve();
}

function program(server: Server): string {
  const found = server.binary();
  if (found === undefined) {
    throw new Error('the tabtier program was not found; name it in tabtier.server.path');
  }
  return found;
}

/** Runs the program where the user can read what it says. */
function terminal(server: Server, name: string, args: string[]): void {
  const shellPath = program(server);
  const options = { name: `Tabtier ${name}`, shellPath, shellArgs: args, isTransient: true };
  vscode.window.createTerminal(options).show();
}

/** Read-only pages. */
class Pages implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;

  put(title: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: page, path: title });
    this.texts.set(uri.path, text);
    this.changes.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }
}
