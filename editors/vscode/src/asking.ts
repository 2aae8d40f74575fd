// What the editor's request for ghost text cannot say: that it asks again for a late answer, that a
// better answer is wanted, and what is shown as wrong at the cursor.

import * as vscode from 'vscode';

import type { Late } from './protocol';

const method = 'textDocument/inlineCompletion';
const trigger = 'editor.action.inlineSuggest.trigger';
const hide = 'editor.action.inlineSuggest.hide';

/** As the protocol numbers them. */
const automatic = 2;

interface Parameters {
  textDocument: { uri: string };
  position: { line: number; character: number };
  context: { triggerKind: number } & Record<string, unknown>;
}

/** Why the next request is made, where a command of ours makes it. */
type Reason = 'late' | 'better';

export class Asking {
  private reason: Reason | undefined;

  /** Asks for a better answer at the cursor than the one there was. */
  async better(): Promise<void> {
    await this.ask('better');
  }

  /** Asks again if the cursor is still where the answer was missing. */
  async late(late: Late): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || !isAt(editor, late)) {
      return;
    }
    await this.ask('late');
  }

  /** The parameters of a request that is about to be sent, with what we have to add. */
  amend(sent: string, params: unknown): unknown {
    if (sent !== method) {
      return params;
    }
    const asked = params as Parameters;
    const context: Parameters['context'] = { ...asked.context };
    if (this.reason === 'better') {
      context.better = true;
    } else if (this.reason === 'late') {
      // Nobody pressed a key.
      context.triggerKind = automatic;
    }
    this.reason = undefined;
    const diagnostics = problemsNear(asked);
    if (diagnostics.length > 0) {
      context.diagnostics = diagnostics;
    }
    return { ...asked, context };
  }

  private async ask(reason: Reason): Promise<void> {
    // What is on the screen would stay there instead of the answer.
    await vscode.commands.executeCommand(hide);
    this.reason = reason;
    try {
      await vscode.commands.executeCommand(trigger);
    } finally {
      this.reason = undefined;
    }
  }
}

function isAt(editor: vscode.TextEditor, { textDocument, position }: Late): boolean {
  const { document, selection } = editor;
  return (
    document.uri.toString() === vscode.Uri.parse(textDocument.uri).toString() &&
    document.version === textDocument.version &&
    selection.isEmpty &&
    selection.active.isEqual(new vscode.Position(position.line, position.character))
  );
}

/** Errors and warnings that touch the cursor's line. */
function problemsNear({ textDocument, position }: Parameters): object[] {
  const problems = vscode.languages.getDiagnostics(vscode.Uri.parse(textDocument.uri));
  return problems
    .filter(
      ({ range, severity }) =>
        severity <= vscode.DiagnosticSeverity.Warning &&
        range.start.line <= position.line &&
        position.line <= range.end.line,
    )
    .map(({ range, severity, message }) => ({
      range: { start: plain(range.start), end: plain(range.end) },
      // The editor counts from 0, the protocol from 1.
      severity: severity + 1,
      message,
    }));
}

function plain({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
