// The server's process and the connection to it.

import * as vscode from 'vscode';
import {
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';

import { Suggestions } from './suggestions';
import { Asking } from './asking';
import { findBinary } from './binary';
import { initializationOptions } from './options';
import { type Late, notifications, serverCommands, type Status } from './protocol';
import type { Trouble } from './status';

/** Who is told how the server stands. */
export interface Audience {
  status(status: Status): void;
  trouble(trouble: Trouble): void;
}

export class Server implements vscode.Disposable {
  readonly asking = new Asking();
  readonly suggestions: Suggestions;
  readonly log: vscode.LogOutputChannel;
  /** The last status, while the server runs. */
  current: Status | undefined;
  private client: LanguageClient | undefined;
  /** Starts and stops happen one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly extensionFolder: string,
    private readonly audience: Audience,
  ) {
    this.log = vscode.window.createOutputChannel('Tabtier', { log: true });
    this.suggestions = new Suggestions((request, characters) =>
      this.report(request, characters),
    );
  }

  dispose(): void {
    this.suggestions.dispose();
    this.log.dispose();
  }

  /** Starts the server, or stops it and starts it again with the settings there are now. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  /** Ends the server. */
  stop(): Promise<void> {
    return this.enqueue(() => this.stopNow());
  }

  /** The program that is run, if it can be found. */
  binary(): string | undefined {
    const found = this.find();
    return 'command' in found ? found.command : undefined;
  }

  /** Runs a command of the server. */
  async run<T>(command: string, ...args: unknown[]): Promise<T> {
    if (this.client?.state !== State.Running) {
      throw new Error('The Tabtier server is not running.');
    }
    const result: unknown = await this.client.sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: args as never[],
    });
    return result as T;
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch((error: unknown) => {
      this.log.error(String(error));
    });
    return this.queue;
  }

  private find(): ReturnType<typeof findBinary> {
    const setting = vscode.workspace.getConfiguration('tabtier').get<string>('server.path') ?? '';
    return findBinary(setting.trim(), this.extensionFolder);
  }

  private async startNow(): Promise<void> {
    const found = this.find();
    if ('searched' in found) {
      this.log.error(`no tabtier program in: ${found.searched.join(', ')}`);
      const why = 'The `tabtier` program was not found. Put it on the PATH or name it in the setting `tabtier.server.path`.';
      this.audience.trouble({ kind: 'stopped', why });
      return;
    }
    this.log.info(`server: ${found.command}`);
    this.audience.trouble({ kind: 'starting' });
    const run = { command: found.command, args: ['serve'], transport: TransportKind.stdio };
    const client = new LanguageClient('tabtier', 'Tabtier', run, this.clientOptions());
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        return;
      }
      this.current = undefined;
      const why = 'The server has stopped. The log says why; `Tabtier: Restart Server` starts it again.';
      const isStarting = newState === State.Starting;
      this.audience.trouble(isStarting ? { kind: 'starting' } : { kind: 'stopped', why });
    });
    client.onNotification(notifications.status, (status: Status) => {
      this.current = status;
      this.audience.status(status);
    });
    client.onNotification(notifications.late, (late: Late) => this.asking.late(late));
    await client.start();
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.current = undefined;
    // One that failed to start cannot be stopped.
    if (client !== undefined && client.state !== State.Stopped) {
      await client.dispose();
    }
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: 'file' },
        { scheme: 'untitled' },
        { scheme: 'vscode-notebook-cell' },
      ],
      initializationOptions,
      outputChannel: this.log,
      middleware: {
        sendRequest: (type, param, token, next) => {
          const method = typeof type === 'string' ? type : type.method;
          return next(type, this.asking.amend(method, param) as typeof param, token);
        },
        provideInlineCompletionItems: async (document, position, context, token, next) => {
          const result = await next(document, position, context, token);
          if (!token.isCancellationRequested) {
            this.suggestions.offered(document, position, result);
          }
          return result;
        },
        workspace: {
          // The user's settings went along with the start, and a change of them starts anew.
          configuration: ({ items }) => items.map(() => null),
        },
      },
    };
  }

  private async report(request: number, characters: number): Promise<void> {
    try {
      await this.run(serverCommands.accepted, request, characters);
    } catch (error) {
      this.log.warn(String(error));
    }
  }
}
