// The one way in: `npm start`, `npm test`, `npm run bench`. Plain JavaScript for any Node from 18 on; it installs what
// is missing, then goes on with the Node that the project pins.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [task = 'start', ...rest] = process.argv.slice(2);
const tasks = { start: './start.mjs', test: './test.mjs', bench: './bench.mjs' };
const pinnedMajor = 24;

const say = (text) => process.stdout.write(`${text}\n`);
const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

/** Installs the locked packages unless the very same lock file was installed before. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.clerestory-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing npm packages (once, about half a minute) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (npm.error)
    fail('npm was not found. Install Node.js 20 or newer together with npm, then run this again.');
  if (npm.status !== 0)
    fail(
      'The npm packages could not be installed; npm says why above. Check the network, then run this again.',
    );
  writeFileSync(stamp, lock);
}

/** The pinned Node, from the npm package `node`. */
async function goOnWithPinnedNode() {
  if (Number(process.versions.node.split('.')[0]) === pinnedMajor) return;
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node))
    fail(
      `Node ${pinnedMajor} is missing from node_modules. Delete the folder node_modules, then run this again.`,
    );
  const again = spawn(node, [fileURLToPath(import.meta.url), task, ...rest], {
    cwd: root,
    // The fourth breaks when this process is killed, by which the other one knows.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => again.kill(signal));
  return new Promise((resolve) => {
    again.once('error', (error) => fail(`Node ${pinnedMajor} could not be started: ${error.message}`));
    again.once('exit', (code) => resolve(process.exit(code ?? 1)));
  });
}

if (!(task in tasks)) fail(`There is no task "${task}". There is: ${Object.keys(tasks).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 18)
  fail(`This is Node ${process.versions.node}; install Node.js 20 or newer, then run this again.`);
process.chdir(root);
installPackages();
// Compiled code is kept between starts, through the environment for every process of ours: a server is ready a third
// sooner, and the tests start hundreds of them.
process.env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'clerestory');
await goOnWithPinnedNode();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
process.argv.splice(2, 1);
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import(pathToFileURL(path.join(root, 'tools', tasks[task])).href);
