import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
} from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config/config.js";
import { databaseAt } from "./support/global-setup.js";
import {
  TestSocket,
  createTestDatabase,
  startTestServer,
  testSecret,
  type Answer,
} from "./support/server.js";

/** What is wrong with an environment, by the variables that are named; none where nothing is. */
function namedBy(env: Record<string, string>): string[] {
  return problemsOf(env).flatMap(
    (problem) => problem.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g)?.[0] ?? [],
  );
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("readConfig", () => {
  const allBad = {
    PORT: "http",
    PUBLIC_URL: "acked.example",
    CORS_ORIGINS: "https://app.example/",
    TRUST_PROXY: "the balancer",
    MAX_CONNECTIONS: "0",
    AUTH_MAX_TOKEN_AGE: "long",
    METRICS_PORT: "70000",
    DATABASE_URL: "mysql://localhost/acked",
    DATABASE_POOL: "0",
    DATABASE_POOLER: "statement",
    BUS_URL: "ftp://localhost",
    AUTH_JWT_SECRET: "too short",
    AUTH_JWKS_URL: "no url",
    NODE_ENV: "prod",
    INTROSPECTION: "maybe",
    DEMO: "perhaps",
    LOG_LEVEL: "loud",
    LOG_FORMAT: "xml",
  };

  it("needs nothing: every setting has its default", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 4_000,
      database: { kind: "embedded" },
      databasePool: 10,
      dataDir: ".acked",
      keys: null,
      issuer: null,
      audience: null,
      isProduction: false,
      introspection: true,
      demo: true,
      logLevel: "info",
    });
  });

  it("names every bad variable at once", () => {
    expect(namedBy(allBad).sort()).toEqual(Object.keys(allBad).sort());
  });

  it.each(Object.entries(allBad))(
    "names %s alone where %j alone is bad",
    (name, value) => {
      expect(namedBy({ [name]: value })).toEqual([name]);
    },
  );

  it("names what is bad in itself and what is missing in production at once", () => {
    expect(
      problemsOf({ NODE_ENV: "production", PORT: "http" }).join("\n"),
    ).toMatch(/PORT.*AUTH_|AUTH_.*PORT/s);
  });

  it("shows no secret and no password of what is wrong", () => {
    const problems = problemsOf({
      AUTH_JWT_SECRET: "hunter2",
      DATABASE_URL: "mysql://acked:hunter2@localhost/acked",
    });
    expect(problems).toHaveLength(2);
    expect(problems.join("\n")).not.toContain("hunter2");
  });

  it.each(["1", "4", "1000"])("takes DATABASE_POOL %s", (DATABASE_POOL) => {
    expect(readConfig({ DATABASE_POOL }).databasePool).toBe(
      Number(DATABASE_POOL),
    );
  });

  it.each(["0", "-1", "1001", "ten", "1e2", "4.5"])(
    "refuses DATABASE_POOL %j",
    (DATABASE_POOL) => {
      expect(namedBy({ DATABASE_POOL })).toEqual(["DATABASE_POOL"]);
    },
  );

  it.each(["auto", "session", "transaction"] as const)(
    "takes DATABASE_POOLER %s",
    (DATABASE_POOLER) => {
      const DATABASE_URL = "postgres://localhost/acked";
      expect(readConfig({ DATABASE_URL, DATABASE_POOLER }).database).toEqual({
        kind: "url",
        url: DATABASE_URL,
        pooler: DATABASE_POOLER,
      });
    },
  );

  it("takes several hosts, and refuses those that take no writes", () => {
    const hosts = "postgres://a:5432,b:5433/acked?target_session_attrs=";
    expect(problemsOf({ DATABASE_URL: `${hosts}read-write` })).toEqual([]);
    expect(problemsOf({ DATABASE_URL: `${hosts}standby` })).toEqual([
      expect.stringContaining("DATABASE_URL has target_session_attrs=standby"),
    ]);
  });

  it("takes an empty variable as absent", () => {
    const empty = Object.fromEntries(
      Object.keys(allBad).map((name) => [name, ""]),
    );
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it("leaves alone variables that are not its own", () => {
    expect(readConfig({ PATH: "/bin", HOME: "/root" })).toEqual(readConfig({}));
  });

  it.each(["0", "1", "4000", "65535"])("takes PORT %s", (PORT) => {
    expect(readConfig({ PORT }).port).toBe(Number(PORT));
  });

  it.each(["65536", "-1", "4000a", " 4000", "1e3", "0x10", "99999999999"])(
    "refuses PORT %j",
    (PORT) => {
      expect(namedBy({ PORT })).toEqual(["PORT"]);
    },
  );

  it.each(["x".repeat(32), "é".repeat(16)])(
    "takes a secret of 32 bytes (%s)",
    (secret) => {
      expect(readConfig({ AUTH_JWT_SECRET: secret }).keys).toEqual({
        kind: "secret",
        secret,
      });
    },
  );

  it.each(["x".repeat(31), `${"é".repeat(15)}x`])(
    "refuses a secret of 31 bytes (%s)",
    (AUTH_JWT_SECRET) => {
      expect(namedBy({ AUTH_JWT_SECRET })).toEqual(["AUTH_JWT_SECRET"]);
    },
  );

  it("takes keys by URL instead of a secret", () => {
    const url = "https://issuer.example/jwks.json";
    expect(readConfig({ AUTH_JWKS_URL: url }).keys).toEqual({
      kind: "jwks",
      url: new URL(url),
    });
  });

  describe("the bus", () => {
    const DATABASE_URL = "postgres://localhost/acked";
    const busOf = (env: Record<string, string>) => readConfig(env).bus;

    it("is in process with the embedded database, and the database itself otherwise", () => {
      expect(busOf({})).toEqual({ kind: "in-process" });
      const atDatabase = { kind: "postgres", url: null };
      expect(busOf({ DATABASE_URL })).toEqual(atDatabase);
      expect(busOf({ BUS_URL: "postgres" })).toEqual(atDatabase);
      const alone = { DATABASE_URL, BUS_URL: "in-process" };
      expect(busOf(alone)).toEqual({ kind: "in-process" });
    });

    it("may be another URL of Postgres", () => {
      const BUS_URL = "postgres://direct:5433/acked";
      expect(busOf({ DATABASE_URL, BUS_URL })).toEqual({
        ...{ kind: "postgres", url: BUS_URL },
      });
    });

    it("may be several servers of NATS, with a user, TLS and credentials", () => {
      const plain = { kind: "nats", isTls: false, user: null, password: null };
      expect(busOf({ BUS_URL: "nats://a:4222,nats://b" })).toEqual({
        ...{ ...plain, servers: ["a:4222", "b:4222"], credentialsFile: null },
      });
      expect(
        busOf({
          BUS_URL: "tls://me:p%40ss@a:1,[::1]:2",
          BUS_CREDENTIALS_FILE: "/run/secrets/acked.creds",
        }),
      ).toEqual({
        ...{ kind: "nats", isTls: true, user: "me", password: "p@ss" },
        servers: ["a:1", "[::1]:2"],
        credentialsFile: "/run/secrets/acked.creds",
      });
    });

    it.each([
      ["redis://localhost", "must be postgres, a URL that starts with"],
      ["nats://", "names a server that is no host and port"],
      ["nats://a:4222/subject", "names a server that is no host and port"],
      ["nats://a,tls://b", "names servers of several kinds"],
      ["nats://me@a,nats://you@b", "names several users"],
      [
        "postgres://a:99999/acked",
        "must be a URL that starts with postgres://",
      ],
    ])("is refused as %s", (BUS_URL, problem) => {
      const [line, ...rest] = problemsOf({ BUS_URL });
      expect(line).toContain(`BUS_URL ${problem}`);
      expect(rest).toEqual([]);
    });

    it("has a prefix of words, and credentials only with NATS", () => {
      expect(readConfig({ BUS_PREFIX: "eu.acked-1" }).busPrefix).toBe(
        "eu.acked-1",
      );
      for (const BUS_PREFIX of ["a b", "a..b", "*", "a.>", "x".repeat(41)])
        expect(problemsOf({ BUS_PREFIX })).toHaveLength(1);
      expect(
        problemsOf({ DATABASE_URL, BUS_CREDENTIALS_FILE: "x" }),
      ).toHaveLength(1);
    });
  });

  describe("in production", () => {
    const production = {
      NODE_ENV: "production",
      DATABASE_URL: "postgres://localhost/acked",
    };
    const withKeys = { ...production, AUTH_JWT_SECRET: testSecret };

    it("needs an AUTH setting", () => {
      expect(problemsOf(production).join("\n")).toMatch(
        /AUTH_JWT_SECRET.*AUTH_JWKS_URL/,
      );
      expect(problemsOf(withKeys)).toEqual([]);
      expect(
        problemsOf({
          ...production,
          AUTH_JWKS_URL: "https://x.example/keys",
          AUTH_AUDIENCE: "acked",
        }),
      ).toEqual([]);
    });

    it("has the demo off, with the embedded database, too", () => {
      const { DATABASE_URL, ...embedded } = withKeys;
      expect(DATABASE_URL).toBeDefined();
      expect(readConfig(withKeys).demo).toBe(false);
      expect(readConfig(embedded).demo).toBe(false);
    });

    it("has introspection off unless it is asked for", () => {
      expect(readConfig(withKeys).introspection).toBe(false);
      expect(
        readConfig({ ...withKeys, INTROSPECTION: "true" }).introspection,
      ).toBe(true);
    });

    it("logs JSON", () => {
      expect(readConfig(withKeys, { isTerminal: true }).logFormat).toBe("json");
    });
  });

  it("has the demo off with a database of one's own, and where it is told to", () => {
    const DATABASE_URL = "postgres://localhost/acked";
    expect(readConfig({ DATABASE_URL }).demo).toBe(false);
    expect(readConfig({ DEMO: "true" }).demo).toBe(true);
    expect(readConfig({ DEMO: "false" }).demo).toBe(false);
  });

  it("logs readable lines in a terminal, and JSON where LOG_FORMAT says so", () => {
    expect(readConfig({}, { isTerminal: true }).logFormat).toBe("pretty");
    expect(
      readConfig({ LOG_FORMAT: "json" }, { isTerminal: true }).logFormat,
    ).toBe("json");
  });
});

describe("introspection", () => {
  const introspect = "{ __schema { queryType { name } } }";

  it.each([
    { env: {}, allowed: true },
    { env: { NODE_ENV: "production" }, allowed: false },
    { env: { NODE_ENV: "production", INTROSPECTION: "true" }, allowed: true },
  ])("with $env it is answered: $allowed", async ({ env, allowed }) => {
    const server = await startTestServer(env);
    const overHttp = await server.execute("alice", introspect);
    const overSocket = await server
      .connect("alice")
      .execute(introspect)
      .catch((errors: unknown) => ({ data: null, errors }));
    await server.close();
    const expected = allowed
      ? { __schema: { queryType: { name: "Query" } } }
      : null;
    expect(overHttp.data ?? null).toEqual(expected);
    expect(overSocket.data ?? null).toEqual(expected);
  });
});

describe("the command line, as it is built", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  let built: string;
  let databaseUrl: string;
  let drop: () => Promise<void>;
  const started = new Set<ChildProcess>();

  beforeAll(async () => {
    const cache = join(root, "node_modules/.cache");
    await mkdir(cache, { recursive: true });
    built = await mkdtemp(join(cache, "acked-cli-test-"));
    // What a published package holds beside `dist`, where the code looks for it.
    for (const name of ["drizzle", "schema", "package.json"])
      await symlink(join(root, name), join(built, name));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const { code, stdout } = await run(
      compiler,
      [
        "-p",
        "tsconfig.build.json",
        "--outDir",
        join(built, "dist"),
        "--declaration",
        "false",
        "--sourceMap",
        "false",
        "--inlineSources",
        "false",
      ],
      {},
      root,
    );
    if (code !== 0) throw new Error(`it does not build:\n${stdout}`);
    ({ url: databaseUrl, drop } = await createTestDatabase());
  }, 180_000);
  afterAll(async () => {
    await drop();
    await rm(built, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const child of started) {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await once(child, "exit");
    }
    started.clear();
  });

  interface Finished {
    code: number | null;
    stdout: string;
    stderr: string;
  }

  /** A process of Node, with an environment of its own and a directory that is empty. */
  function begin(
    script: string,
    args: readonly string[],
    env: Record<string, string>,
    cwd: string,
  ) {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: cwd, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.add(child);
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (bytes: Buffer) => {
      output.stdout += bytes.toString();
    });
    child.stderr.on("data", (bytes: Buffer) => {
      output.stderr += bytes.toString();
    });
    const finished = once(child, "close").then(([code]): Finished => ({
      code: code as number | null,
      ...output,
    }));
    return { child, output, finished };
  }

  async function run(
    script: string,
    args: readonly string[],
    env: Record<string, string>,
    cwd: string,
  ): Promise<Finished> {
    return begin(script, args, env, cwd).finished;
  }

  /** `acked …` run to its end. */
  async function acked(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Finished> {
    const directory = await mkdtemp(join(tmpdir(), "acked-cli-"));
    const finished = await run(
      join(built, "dist/main.js"),
      args,
      env,
      directory,
    );
    await rm(directory, { recursive: true, force: true });
    return finished;
  }

  /** `acked serve`, once it is ready. */
  async function serve(env: Record<string, string> = {}) {
    const directory = await mkdtemp(join(tmpdir(), "acked-cli-"));
    const { child, output, finished } = begin(
      join(built, "dist/main.js"),
      ["serve"],
      {
        PORT: "0",
        DATABASE_URL: databaseUrl,
        DATA_DIR: directory,
        LOG_FORMAT: "json",
        ...env,
      },
      directory,
    );
    void finished.then(() => rm(directory, { recursive: true, force: true }));
    const ready = await new Promise<{ event: string; url: string }>(
      (resolve, reject) => {
        child.stdout.on("data", () => {
          const line = output.stdout
            .split("\n")
            .slice(0, -1)
            .find((text) => text.includes('"event":"ready"'));
          if (line !== undefined)
            resolve(JSON.parse(line) as { event: string; url: string });
        });
        void finished.then(({ code, stderr }) => {
          reject(new Error(`ended with ${String(code)}: ${stderr}`));
        });
      },
    );
    return { child, output, finished, url: ready.url, ready, directory };
  }

  /** One clear line, and no trace of the inside. */
  function expectOneLine(text: string) {
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    expect(text).not.toMatch(/^\s+at /m);
    expect(text).not.toContain("node_modules");
  }

  const badEnvironment = {
    PORT: "http",
    DATABASE_URL: "mysql://acked:hunter2@localhost/acked",
    AUTH_JWT_SECRET: "hunter2",
    LOG_LEVEL: "loud",
    DEMO: "perhaps",
  };

  it.each([["serve"], ["migrate"], ["token", "--user", "alice"]])(
    "a bad environment ends `acked %s` with 2 and names all that is wrong",
    async (...args) => {
      const { code, stdout, stderr } = await acked(args, badEnvironment);
      expect(code).toBe(2);
      for (const name of Object.keys(badEnvironment))
        expect(stderr).toContain(name);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr).not.toContain("hunter2");
      expect(stdout).toBe("");
    },
  );

  it("production without AUTH ends with 2", async () => {
    const { code, stderr } = await acked(["serve"], {
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
    });
    expect(code).toBe(2);
    expect(stderr).toContain("AUTH_JWT_SECRET");
    expect(stderr).toContain("AUTH_JWKS_URL");
  });

  it("a port in use ends with 1 and one line that names it", async () => {
    const { port, close } = await listening();
    const { code, stderr } = await acked(["serve"], {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: "silent",
    });
    await close();
    expect(code).toBe(1);
    expectOneLine(stderr);
    expect(stderr).toContain(String(port));
    expect(stderr).toMatch(/in use/);
  });

  it("looks at the port before it makes a database", async () => {
    const { port, close } = await listening();
    const directory = await mkdtemp(join(tmpdir(), "acked-cli-"));
    const { code, stderr } = await acked(["serve"], {
      PORT: String(port),
      DATA_DIR: join(directory, "data"),
      LOG_LEVEL: "silent",
    });
    await close();
    expect({ code, made: await readdir(directory) }).toEqual({
      code: 1,
      made: [],
    });
    expectOneLine(stderr);
    expect(stderr).toMatch(/in use/);
    await rm(directory, { recursive: true });
  });

  it("says its version, and what to try and to set in its help", async () => {
    const { version } = JSON.parse(
      await readFile(join(root, "package.json"), "utf8"),
    ) as { version: string };
    expect(await acked(["--version"])).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });
    const { stdout } = await acked(["--help"]);
    for (const shown of ["acked token --user alice", "DATABASE_URL", "PORT"])
      expect(stdout).toContain(shown);
  });

  it.each(["serve", "migrate"])(
    "an unreachable database ends `acked %s` with 1 and one line that names DATABASE_URL",
    async (command) => {
      const { port, close } = await listening();
      await close();
      const { code, stdout, stderr } = await acked([command], {
        PORT: "0",
        DATABASE_URL: `postgres://acked:hunter2@127.0.0.1:${port}/acked`,
      });
      expect(code).toBe(1);
      expectOneLine(stderr);
      expect(stderr).toContain("DATABASE_URL");
      expect(stderr).not.toContain("hunter2");
      expect(stdout).not.toContain("ready");
    },
  );

  it("a database that there is not ends with 1 and one line that names it", async () => {
    const { code, stderr } = await acked(["serve"], {
      PORT: "0",
      DATABASE_URL: databaseAt(databaseUrl, "no_such_database"),
    });
    expect(code).toBe(1);
    expectOneLine(stderr);
    expect(stderr).toContain("no_such_database");
  });

  it.each([
    { what: "no user", args: ["token"] },
    { what: "an impossible user", args: ["token", "--user", "x".repeat(129)] },
    {
      what: "an impossible time",
      args: ["token", "--user", "alice", "--ttl", "soon"],
    },
    { what: "an unknown command", args: ["sing"] },
    { what: "an unknown option", args: ["serve", "--loudly"] },
  ])("$what is told in words, not by a stack", async ({ args }) => {
    const { code, stdout, stderr } = await acked(args);
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toBe("");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
  });

  it("`acked migrate` makes the tables, and again changes nothing", async () => {
    const name = `acked_migrate_${process.pid}`;
    const admin = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
    await admin.unsafe(`create database ${name}`);
    const env = { DATABASE_URL: databaseAt(databaseUrl, name) };
    const codes = [
      (await acked(["migrate"], env)).code,
      (await acked(["migrate"], env)).code,
    ];
    const made = postgres(env.DATABASE_URL, { max: 1 });
    const tables = await made<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`;
    await made.end();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
    expect(codes).toEqual([0, 0]);
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "conversations",
        "messages",
        "participants",
      ]) as unknown,
    );
  });

  it("prints one line of JSON when it is ready, and nothing to stderr", async () => {
    const { output, url, ready, child, finished } = await serve();
    expect(ready).toMatchObject({ event: "ready" });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    const { pathname } = new URL(url);
    expect(pathname).toBe("/graphql");
    for (const path of ["/livez", "/readyz"])
      expect((await fetch(new URL(path, url))).status).toBe(200);
    const events = output.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event?: string })
      .filter(({ event }) => event === "ready");
    expect(events).toHaveLength(1);
    expect(output.stderr).toBe("");
    child.kill("SIGTERM");
    await finished;
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends it with 0 within ten seconds, and its sockets with 1001",
    async (signal) => {
      const server = await serve({ AUTH_JWT_SECRET: testSecret });
      const { stdout } = await acked(["token", "--user", "alice"], {
        AUTH_JWT_SECRET: testSecret,
      });
      const socket = new TestSocket(server.url.replace(/^http/, "ws"), () =>
        Promise.resolve(stdout.trim()),
      );
      const events = socket.subscribe(
        "subscription { messageAdded { cursor } }",
      );
      await socket.execute("{ viewer { id } }");
      const asked = performance.now();
      server.child.kill(signal);
      const { code } = await server.finished;
      expect(code).toBe(0);
      expect(performance.now() - asked).toBeLessThan(10_000);
      expect((await socket.closed).code).toBe(1_001);
      events.stop();
      await socket.close();
      await expect(fetch(server.url)).rejects.toThrow();
    },
  );

  it("SIGTERM ends it with 0 within ten seconds though a client never finishes what it asks", async () => {
    const { child, finished, url } = await serve();
    await fetch(new URL("/readyz", url)); // leaves a connection open for the next request
    const slow = connect(Number(new URL(url).port), "127.0.0.1");
    slow.on("error", () => undefined);
    await once(slow, "connect");
    slow.write(
      "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99\r\n\r\n{",
    );
    await fetch(new URL("/readyz", url)); // what was sent before has come in
    const asked = performance.now();
    child.kill("SIGTERM");
    const { code } = await finished;
    slow.destroy();
    expect({ code, inTime: performance.now() - asked < 10_000 }).toEqual({
      code: 0,
      inTime: true,
    });
  });

  describe("`acked token`", () => {
    async function viewerBy(url: string, token: string) {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: "{ viewer { id displayName } }" }),
      });
      return (await response.json()) as Answer<unknown>;
    }

    it("prints a token that the server accepts", async () => {
      const env = { AUTH_JWT_SECRET: testSecret };
      const { url } = await serve(env);
      const { code, stdout, stderr } = await acked(
        ["token", "--user", "alice", "--name", "Alice A."],
        env,
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(await viewerBy(url, stdout.trim())).toEqual({
        data: { viewer: { id: "alice", displayName: "Alice A." } },
      });
    });

    it("signs with the development secret of DATA_DIR where there is no other", async () => {
      const { url, directory } = await serve();
      const { stdout } = await acked(["token", "--user", "bob"], {
        DATA_DIR: directory,
      });
      expect(await viewerBy(url, stdout.trim())).toMatchObject({
        data: { viewer: { id: "bob" } },
      });
    });

    it("makes no second secret where no server has started: 2, and the folder is named", async () => {
      const directory = await mkdtemp(join(tmpdir(), "acked-cli-"));
      const { code, stdout, stderr } = await acked(
        ["token", "--user", "alice"],
        { DATA_DIR: directory },
      );
      expect({ code, stdout, made: await readdir(directory) }).toEqual({
        code: 2,
        stdout: "",
        made: [],
      });
      expect(stderr).toContain(directory);
      expect(stderr).toContain("DATA_DIR");
      await rm(directory, { recursive: true });
    });

    it("names the issuer and audience that the server asks for", async () => {
      const env = {
        AUTH_JWT_SECRET: testSecret,
        AUTH_ISSUER: "https://issuer.example",
        AUTH_AUDIENCE: "acked.example",
      };
      const { url } = await serve(env);
      const { stdout } = await acked(["token", "--user", "carol"], env);
      expect(await viewerBy(url, stdout.trim())).toMatchObject({
        data: { viewer: { id: "carol" } },
      });
    });

    it("is good for as long as --ttl says, an hour unless said", async () => {
      const env = { AUTH_JWT_SECRET: testSecret };
      const lifeOf = async (...args: string[]) => {
        const { stdout } = await acked(
          ["token", "--user", "alice", ...args],
          env,
        );
        const { exp = 0, iat = 0 } = decodeJwt(stdout.trim());
        return exp - iat;
      };
      expect(
        await Promise.all([
          lifeOf(),
          lifeOf("--ttl", "90s"),
          lifeOf("--ttl", "7d"),
        ]),
      ).toEqual([3_600, 90, 604_800]);
    });

    it("makes a service token with --service", async () => {
      const { stdout } = await acked(["token", "--user", "host", "--service"], {
        AUTH_JWT_SECRET: testSecret,
      });
      expect(decodeJwt(stdout.trim())).toMatchObject({
        sub: "host",
        scope: "acked:service",
      });
    });

    it("can't sign where the server only verifies: 2, and AUTH_JWT_SECRET is named", async () => {
      const { code, stderr } = await acked(["token", "--user", "alice"], {
        AUTH_JWKS_URL: "https://issuer.example/keys",
      });
      expect(code).toBe(2);
      expect(stderr).toContain("AUTH_JWT_SECRET");
    });
  });
});

/** Somebody else who listens on a port. */
async function listening(): Promise<{
  port: number;
  close: () => Promise<void>;
}> {
  const other: Server = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (other.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        other.close(() => {
          resolve();
        });
      }),
  };
}
