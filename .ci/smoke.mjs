// node .ci/smoke.mjs
//
// The first steps of a newcomer: `npm start` on a machine with nothing set up, a query with a token
// from `npx acked token`, and a stop; then the same data again without npm, whose exit code would
// hide the server's. Fails where a step fails, or where a process is left over.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const startLimitMs = 180_000;
const stopLimitMs = 10_000;

const dataDir = await mkdtemp(join(tmpdir(), "acked-smoke-"));
const env = {
  ...process.env,
  DATA_DIR: dataDir,
  PORT: "0",
  LOG_FORMAT: "json",
};
const started = [];

/** Starts a server in a process group of its own, so that none of it can outlive this script. */
function start(command, ...args) {
  const child = spawn(command, args, {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  return { child, exited, url: ready(child, exited) };
}

async function ready(child, exited) {
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = line.startsWith("{") ? JSON.parse(line) : {};
    if (entry.event !== "ready") console.log(line);
    else {
      console.log(`ready at ${entry.url}`);
      child.stdout.on("data", (data) => process.stdout.write(data));
      return entry.url;
    }
  }
  throw new Error(`the start ended with ${await exited}`);
}

function signalGroup(child, signal) {
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false; // Nothing of it is left.
  }
}

/** Waits until a condition holds. */
async function until(ms, what, condition) {
  for (const end = Date.now() + ms; !(await condition()); await setTimeout(100))
    if (Date.now() > end) throw new Error(`${what} took longer than ${ms} ms`);
}

function within(ms, what, promise) {
  const late = setTimeout(ms, undefined, { ref: false }).then(() => {
    throw new Error(`${what} took longer than ${ms} ms`);
  });
  return Promise.race([promise, late]);
}

/** Whether the embedded Postgres says that it runs. */
async function postgresRuns() {
  const names = await readdir(dataDir, { recursive: true });
  return names.some((name) => name.endsWith("postmaster.pid"));
}

async function ask(url) {
  const acked = ["--offline", "acked", "token", "--user", "alice"];
  const { stdout } = await promisify(execFile)("npx", acked, { env });
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${stdout.trim()}`,
    },
    body: JSON.stringify({
      query: "{ viewer { id } conversations { nodes { id } } }",
    }),
  });
  const answer = await response.json();
  console.log(response.status, JSON.stringify(answer));
  if (
    answer.data?.viewer?.id !== "alice" ||
    answer.data.conversations.nodes.length === 0
  )
    throw new Error("the answer is not Alice and her demo conversation");
}

async function endAll() {
  for (const child of started) signalGroup(child, "SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
}
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => void endAll().then(() => process.exit(1)));

try {
  const byNpm = start("npm", "start");
  await ask(await within(startLimitMs, "npm start", byNpm.url));
  byNpm.child.kill("SIGTERM");
  await until(
    stopLimitMs,
    "the stop of npm start",
    async () => !(await postgresRuns()),
  );
  console.log("npm start: started, answered, stopped");

  const alone = start(process.execPath, "dist/main.js", "serve");
  await ask(await within(startLimitMs, "the second start", alone.url));
  alone.child.kill("SIGTERM");
  const code = await within(stopLimitMs, "the second stop", alone.exited);
  if (code !== 0) throw new Error(`the stop ended with ${code}, not 0`);
  if (await postgresRuns())
    throw new Error("the embedded Postgres was left running");
  console.log(
    "acked serve: started on the same data, answered, stopped with 0",
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await endAll();
}
