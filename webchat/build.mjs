import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'persona_router', 'chat', 'static');
const browserTests = join(here, '..', 'tests', 'browser');
const modules = join(here, 'node_modules');

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** What the bundle is made of, as sorted paths below this folder with '/' between. */
function sourceFiles() {
  const below = readdirSync(join(here, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return [...below, 'build.mjs', 'package-lock.json', 'package.json'].sort();
}

/** One digest over every source: its path, a NUL, its content, a NUL. */
function sourceDigest() {
  const parts = sourceFiles().flatMap((path) => [path, '\0', readFileSync(join(here, path)), '\0']);
  return sha256(...parts);
}

/** The package folders below node_modules that files of the bundle come from, sorted by name. */
function bundledPackages(metafile) {
  const folders = new Set();
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  for (const [path, { bytesInOutput }] of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match && bytesInOutput > 0) folders.add(join(here, match[1]));
  }
  return [...folders]
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** The notices that come with a package, or the licence it declares where it ships none. */
function licenseText({ folder, license, author }) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name));
  const notices = files.map((name) => readFileSync(join(folder, name), 'utf8').trim());
  const dist = join(folder, 'dist');
  if (existsSync(dist)) {
    for (const name of readdirSync(dist).filter((entry) => entry.endsWith('.LEGAL.txt')).sort()) {
      const legal = readFileSync(join(dist, name), 'utf8').trim();
      if (legal && !notices.includes(legal)) notices.push(legal);
    }
  }
  if (files.length === 0) {
    const holder = typeof author === 'string' ? author : author?.name;
    notices.unshift(`Licence: ${license}${holder ? `. Author: ${holder}` : ''}`);
  }
  return notices.join('\n\n');
}

function licenses(metafile) {
  const blocks = new Map();
  for (const found of bundledPackages(metafile)) {
    const text = licenseText(found);
    blocks.set(text, [...(blocks.get(text) ?? []), `${found.name} ${found.version}`]);
  }
  const sections = [...blocks].map(([text, names]) => `${[...new Set(names)].join(', ')}\n\n${text}\n`);
  return `panel.js contains the packages below.\n\n${sections.join(`\n${'-'.repeat(78)}\n\n`)}`;
}

mkdirSync(out, { recursive: true });
mkdirSync(browserTests, { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { chat: 'src/index.js', panel: 'src/mount.jsx' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  charset: 'utf8',
  legalComments: 'none',
  loader: { '.css': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  logLevel: 'warning'
});

copyFileSync(join(here, 'src', 'page.css'), join(out, 'page.css'));
writeFileSync(join(out, 'LICENSES.txt'), licenses(metafile));
copyFileSync(join(modules, 'axe-core', 'axe.min.js'), join(browserTests, 'axe.min.js'));
copyFileSync(join(modules, 'axe-core', 'LICENSE'), join(browserTests, 'axe.LICENSE.txt'));

const outputs = Object.fromEntries(
  ['LICENSES.txt', 'chat.js', 'page.css', 'panel.js'].map((name) => [name, sha256(readFileSync(join(out, name)))])
);
writeFileSync(
  join(out, 'build.json'),
  `${JSON.stringify({ sources: sourceDigest(), outputs }, null, 2)}\n`
);
