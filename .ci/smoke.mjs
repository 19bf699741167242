// node .ci/smoke.mjs
//
// What a newcomer does first: `npm start` on a machine with nothing set up, a query with a token
// from `npx acked token`, and a stop. Fails where any of it does, or where something is left over.
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

// A process group of its own, so that none of it can outlive this script.
const server = spawn("npm", ["start"], {
  env,
  detached: true,
  stdio: ["ignore", "pipe", "inherit"],
});
const exited = new Promise((resolve) => {
  server.once("exit", (code, signal) => resolve(code ?? signal));
});
function signalGroup(signal) {
  try {
    return process.kill(-server.pid, signal);
  } catch {
    return false; // Nothing of it is left.
  }
}
/** Ends what is left: first in order, then at once. */
async function endGroup() {
  signalGroup("SIGTERM");
  for (let waitedMs = 0; waitedMs < stopLimitMs; waitedMs += 100) {
    if (!signalGroup(0)) return;
    await setTimeout(100);
  }
  signalGroup("SIGKILL");
}
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => void endGroup().then(() => process.exit(1)));

/** @returns the result, or a failure where it takes longer than it may */
function within(ms, what, promise) {
  const late = setTimeout(ms, undefined, { ref: false }).then(() => {
    throw new Error(`${what} took longer than ${ms} ms`);
  });
  return Promise.race([promise, late]);
}

async function ready() {
  for await (const line of createInterface({ input: server.stdout })) {
    const entry = line.startsWith("{") ? JSON.parse(line) : {};
    if (entry.event !== "ready") console.log(line);
    else {
      console.log(`ready at ${entry.url}`);
      server.stdout.on("data", (data) => process.stdout.write(data));
      return entry.url;
    }
  }
  throw new Error(`npm start ended with ${await exited}`);
}

try {
  const url = await within(startLimitMs, "the start", ready());

  const { stdout } = await promisify(execFile)(
    "npx",
    ["--offline", "acked", "token", "--user", "alice"],
    { env },
  );
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

  server.kill("SIGTERM");
  const code = await within(stopLimitMs, "the stop", exited);
  if (code !== 0) throw new Error(`the stop ended with ${code}, not 0`);
  const left = await readdir(dataDir, { recursive: true });
  if (left.some((name) => name.endsWith("postmaster.pid")))
    throw new Error("the embedded Postgres was left running");
  console.log("started, answered, stopped");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await endGroup();
  await rm(dataDir, { recursive: true, force: true });
}
