// Puts the built extension into tabtier.vsix. With TABTIER_BINARY, or a path as the only argument, that
// program is bundled, for a package that is complete on one platform.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';

const binary = process.argv[2] ?? process.env.TABTIER_BINARY;
rmSync('bin', { recursive: true, force: true });
if (binary) {
  mkdirSync('bin');
  const bundled = `bin/${basename(binary)}`;
  copyFileSync(binary, bundled);
  chmodSync(bundled, 0o755);
}
copyFileSync('../../LICENSE', 'LICENSE');
execFileSync('npx', ['vsce', 'package', '--no-dependencies', '--out', 'tabtier.vsix'], {
  stdio: 'inherit',
});
