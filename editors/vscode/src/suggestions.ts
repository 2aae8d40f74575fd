// What becomes of the suggestion on the screen. A whole one reports its acceptance by its command; of a
// word or a line taken from it the editor says nothing, so that is read from the edit: more than one
// character of the ghost text inserted at once at its place.

import * as vscode from 'vscode';

interface Shown {
  uri: string;
  /** Number of the request. */
  request: number;
  /** Where the rest of the text belongs. */
  place: vscode.Position;
  rest: string;
  /** Characters of the suggestion that stand in the text. */
  taken: number;
}

/** What is reported: the request and how many characters of its text are taken by now. */
export type Report = (request: number, characters: number) => Promise<void>;

/** Watches what becomes of the suggestion on the screen. */
export class Suggestions implements vscode.Disposable {
  /** The request that brought the last suggestion. */
  lastRequest: number | undefined;
  private shown: Shown | undefined;
  private readonly listener: vscode.Disposable;

  constructor(private readonly report: Report) {
    this.listener = vscode.workspace.onDidChangeTextDocument((event) => {
      this.edited(event);
    });
  }

  dispose(): void {
    this.listener.dispose();
  }

  /** The editor is given these items for this place. */
  offered(
    document: vscode.TextDocument,
    position: vscode.Position,
    result: vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined,
  ): void {
    const item = (Array.isArray(result) ? result : result?.items)?.[0];
    const request: unknown = item?.command?.arguments?.[0];
    if (item === undefined || typeof item.insertText !== 'string' || typeof request !== 'number') {
      this.shown = undefined;
      return;
    }
    this.lastRequest = request;
    const typed = item.range === undefined ? '' : document.getText(item.range.with({ end: position }));
    const rest = item.insertText.startsWith(typed) ? item.insertText.slice(typed.length) : '';
    this.shown = { uri: document.uri.toString(), request, place: position, rest, taken: 0 };
  }

  private edited({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const shown = this.shown;
    if (shown?.uri !== document.uri.toString() || contentChanges.length === 0) {
      return;
    }
    this.shown = undefined;
    const [change, ...others] = contentChanges;
    const fits =
      change !== undefined &&
      others.length === 0 &&
      reason === undefined &&
      change.range.isEmpty &&
      change.range.start.isEqual(shown.place) &&
      change.text.length < shown.rest.length &&
      shown.rest.startsWith(change.text);
    if (!fits) {
      return;
    }
    const count = Array.from(change.text).length;
    const taken = shown.taken + count;
    const offset = document.offsetAt(shown.place) + change.text.length;
    const rest = shown.rest.slice(change.text.length);
    this.shown = { ...shown, place: document.positionAt(offset), rest, taken };
    if (count > 1) {
      void this.report(shown.request, taken);
    }
  }
}
