#!/usr/bin/env node
// Stands in for the docker command line, for the AWS emulator: each "container" is a plain process of this machine, its state
// a folder in $CONTAINER_DIR. A Lambda image becomes invoke.mjs over the function's code; any other image is ignored and its
// command run as it is. Needs nothing but Node.
const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');

const ROOT = process.env.CONTAINER_DIR ?? path.join(os.tmpdir(), 'container-cli');
const [VERB, ...ARGS] = process.argv.slice(2);
const OPTIONS_WITH_VALUE = new Set(
  (
    '-p -l -m -v -w -u --label --add-host --name --network --memory --cpus --platform --workdir --entrypoint --tmpfs ' +
    '--hostname --memory-swap --ulimit --user --cpu-shares --restart --cap-add --log-driver --log-opt --dns --ip --mount ' +
    '--stop-timeout --health-cmd'
  ).split(' '),
);
fs.mkdirSync(ROOT, { recursive: true });

const folderOf = (id) => path.join(ROOT, id);
const say = (text) => process.stdout.write(`${text}\n`);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A file of a container, empty when it has not been written. */
function read(id, file) {
  try {
    return fs.readFileSync(path.join(folderOf(id), file), 'utf8').trim();
  } catch {
    return ''; // not written yet
  }
}

/** Options, then image, then command, as `docker create` and `docker run` take them. */
function parse(words) {
  const env = {};
  let name;
  let entrypoint;
  let at = 0;
  for (; at < words.length && words[at].startsWith('-'); at++) {
    const option = words[at];
    if (option === '-e' || option === '--env') {
      const [key, ...value] = words[++at].split('=');
      env[key] = value.length > 0 ? value.join('=') : (process.env[key] ?? '');
    } else if (option === '--name') name = words[++at];
    else if (option === '--entrypoint') entrypoint = words[++at];
    else if (OPTIONS_WITH_VALUE.has(option)) at++;
  }
  const [image = '', ...command] = words.slice(at);
  return { env, image, name, command: entrypoint ? [entrypoint, ...command] : command };
}

function create(words) {
  const spec = parse(words);
  const id = crypto.randomBytes(16).toString('hex');
  fs.mkdirSync(path.join(folderOf(id), 'task'), { recursive: true });
  for (const key of Object.keys(spec.env)) {
    spec.env[key] = spec.env[key].replaceAll('host.docker.internal', '127.0.0.1');
  }
  fs.writeFileSync(path.join(folderOf(id), 'spec.json'), JSON.stringify(spec));
  if (spec.name) fs.writeFileSync(path.join(ROOT, `name-${spec.name}`), id);
  return id;
}

/** A container's id by its id or name. */
function resolve(reference) {
  try {
    return fs.readFileSync(path.join(ROOT, `name-${reference}`), 'utf8');
  } catch {
    return reference; // no such name: it is an id
  }
}

async function start(id) {
  const spec = JSON.parse(read(id, 'spec.json'));
  const env = { ...process.env, ...spec.env };
  delete env.FAKECLOUD_CONTAINER_CLI;
  delete env.NODE_OPTIONS;
  const command = /\/lambda\//.test(spec.image) ? await lambdaCommand(id, spec, env) : spec.command;
  // A shell in between writes the exit code down, so that `wait` and `inspect` find it after the process is gone.
  const log = fs.openSync(path.join(folderOf(id), 'log'), 'a');
  const child = spawn('sh', ['-c', '"$@"; echo $? > "$CONTAINER_EXIT"', 'sh', ...command], {
    env: { ...env, CONTAINER_EXIT: path.join(folderOf(id), 'exit') },
    cwd: path.join(folderOf(id), 'task'),
    detached: true,
    stdio: ['ignore', log, log],
  });
  fs.writeFileSync(path.join(folderOf(id), 'pid'), String(child.pid));
  child.unref();
}

async function lambdaCommand(id, spec, env) {
  const port = await freePort();
  fs.writeFileSync(path.join(folderOf(id), 'port'), String(port));
  Object.assign(env, {
    _HANDLER: spec.command[0],
    LAMBDA_TASK_ROOT: path.join(folderOf(id), 'task'),
    INVOKE_PORT: String(port),
    AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID || 'test',
    AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY || 'test',
  });
  if (!env.AWS_SESSION_TOKEN) delete env.AWS_SESSION_TOKEN;
  return [process.env.LAMBDA_NODE ?? process.execPath, path.join(__dirname, 'invoke.mjs')];
}

const freePort = () =>
  new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

function alive(id) {
  if (read(id, 'exit') !== '') return false;
  try {
    process.kill(-Number(read(id, 'pid')), 0);
    return true;
  } catch {
    return false; // no such process group
  }
}
const exitCode = (id) => read(id, 'exit') || (alive(id) ? '0' : '137');

/** SIGTERM, and SIGKILL to what is left after the grace. */
async function stop(id, graceMs) {
  const pid = Number(read(id, 'pid'));
  if (!pid) return;
  signal(pid, 'SIGTERM');
  for (let waited = 0; waited < graceMs && alive(id); waited += 100) await pause(100);
  if (alive(id)) signal(pid, 'SIGKILL');
  if (read(id, 'exit') === '') fs.writeFileSync(path.join(folderOf(id), 'exit'), graceMs > 0 ? '143' : '137');
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has ended by itself
  }
}

/** `docker cp SOURCE/. ID:/var/task`: the code of a function. */
function copy(from, to) {
  const [id, folder] = to.split(':');
  if (!folder.startsWith('/var/task')) return;
  fs.cpSync(from.replace(/\/\.$/, ''), path.join(folderOf(id), 'task'), { recursive: true });
}

async function runContainer() {
  const id = create(ARGS);
  await start(id);
  if (ARGS.includes('-d') || ARGS.includes('--detach')) return say(id);
  while (alive(id)) await pause(50);
  process.stdout.write(read(id, 'log'));
  process.exitCode = Number(exitCode(id));
}

function inspect(id, format) {
  if (/ExitCode/.test(format)) return exitCode(id);
  if (/Running/.test(format)) return String(alive(id));
  if (/Status/.test(format)) return alive(id) ? 'running' : 'exited';
  return '[{}]';
}

const last = () => resolve(ARGS.at(-1) ?? '');
const VERBS = {
  create: () => say(create(ARGS)),
  cp: () => copy(ARGS[0], ARGS[1]),
  start: async () => {
    await start(last());
    say(last());
  },
  run: runContainer,
  port: () => say(`127.0.0.1:${read(resolve(ARGS[0]), 'port')}`),
  wait: async () => {
    while (alive(last())) await pause(100);
    say(exitCode(last()));
  },
  logs: () => say(read(last(), 'log')),
  inspect: () => say(inspect(last(), ARGS.join(' '))),
  stop: () => stop(last(), 10_000),
  kill: () => stop(last(), 0),
  rm: () => stop(last(), 1_000),
  info: () => say('ok'),
  version: () => say('1'),
  '--version': () => say('Docker version 0, stand-in'),
};
Promise.resolve(VERBS[VERB]?.());
