// Where the server's program is: what the setting names, else on the PATH, else what came along with
// the extension.

import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';

/** The program, or where it was looked for in vain. */
export type Found = { command: string } | { searched: string[] };

const names = process.platform === 'win32' ? ['tabtier.exe'] : ['tabtier'];

/** Looks for the program. `setting` is what the user wrote, if anything. */
export function findBinary(setting: string, extensionFolder: string): Found {
  if (setting !== '') {
    const named = setting.startsWith('~/') ? path.join(homedir(), setting.slice(2)) : setting;
    // A relative path would mean another program in each workspace.
    const isUsable = path.isAbsolute(named) && isProgram(named);
    return isUsable ? { command: named } : { searched: [`${named}, from tabtier.server.path`] };
  }
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const folders = [...onPath, path.join(extensionFolder, 'bin')];
  for (const folder of folders) {
    for (const name of names) {
      const command = path.join(folder, name);
      if (isProgram(command)) {
        return { command };
      }
    }
  }
  return { searched: folders };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
