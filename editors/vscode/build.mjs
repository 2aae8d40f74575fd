// Bundles the extension into one file. `node build.mjs` for a release, `--watch` while working on it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const options = {
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  minify: !watch,
  sourcemap: watch,
  metafile: true,
};

/** The licences of what is bundled, which ask to go along with it. */
function notices({ inputs }) {
  const folder = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  const packages = new Set(Object.keys(inputs).map((path) => folder.exec(path)?.[1]));
  packages.delete(undefined);
  const texts = [...packages].sort().map((name) => {
    const files = readdirSync(`node_modules/${name}`);
    const licence = files.find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} has no licence file`);
    return `${name}\n\n${readFileSync(`node_modules/${name}/${licence}`, 'utf8').trim()}\n`;
  });
  return texts.join('\n---\n\n');
}

if (watch) {
  await (await context(options)).watch();
} else {
  const { metafile } = await build(options);
  writeFileSync('dist/NOTICES.txt', notices(metafile));
}
