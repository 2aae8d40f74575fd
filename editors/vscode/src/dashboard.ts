// The page about costs: a process of its own, which serves it for as long as the editor runs.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';

/** The program prints the address at once, or why there is none. */
const startMs = 10_000;

export class Dashboard implements vscode.Disposable {
  private process: ChildProcess | undefined;

  dispose(): void {
    this.process?.kill();
  }

  /** Opens the page in the browser. An address is good for one browser once, so each time is a new one. */
  async open(command: string): Promise<void> {
    this.process?.kill();
    const started = spawn(command, ['dashboard'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = started;
    const address = await firstLine(started);
    await vscode.env.openExternal(vscode.Uri.parse(address, true));
  }
}

/** What the process says first; its last words if it ends before. */
function firstLine(process: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    const timer = setTimeout(() => { reject(new Error('the dashboard does not start')); }, startMs);
    process.stderr?.on('data', (data: Buffer) => { complaint = (complaint + data.toString()).slice(-1000); });
    process.once('error', reject);
    process.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`the dashboard has ended: ${complaint.trim()}`));
    });
    if (process.stdout !== null) {
      createInterface(process.stdout).once('line', (line) => {
        clearTimeout(timer);
        resolve(line.trim());
      });
    }
  });
}
