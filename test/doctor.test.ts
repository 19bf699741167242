import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { createInProcessBus } from "../src/bus/in-process-bus.js";
import { readConfig } from "../src/config/config.js";
import { checkBus } from "../src/doctor/bus.js";
import { examine } from "../src/doctor/doctor.js";
import type { Finding } from "../src/doctor/finding.js";
import type { Report } from "../src/doctor/report.js";
import { weaknessOf } from "../src/doctor/secrets.js";
import { checkNode, checkOpenFiles } from "../src/doctor/surroundings.js";
import { startEmbeddedPostgres } from "../src/embedded-postgres/start.js";
import { buildClock, type Clock } from "./support/faults/clock.js";
import { Clusters } from "./support/faults/postgres.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { startOwnPostgres } from "./support/own-postgres.js";
import { isPgBouncerThere, poolers } from "./support/pooler.js";
import { createTestDatabase } from "./support/server.js";

// `acked doctor`, on what is really broken.

/** A bus that works. */
const shared = createInProcessBus();
const openShared = () => Promise.resolve(shared);

const cleanups = cleanupsAfterEachTest();
const strongSecret = "q8V0m2Zr7Yk5LxW3bT9uJc4HdN6fGs1P";

async function database(): Promise<{ url: string; admin: postgres.Sql }> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  cleanups.push(() => admin.end());
  return { url, admin };
}

const production = (env: Record<string, string>) =>
  examine(
    { NODE_ENV: "production", AUTH_JWT_SECRET: strongSecret, ...env },
    openShared,
  );

/** What a check found, as `outcome: found → advice`. */
function of({ checks }: Report, name: string): string[] {
  return checks.filter(({ check }) => check === name).map(said);
}

function said({ outcome, found, advice }: Omit<Finding, "check">): string {
  return `${outcome}: ${found}${advice === null ? "" : ` → ${advice}`}`;
}

const failures = ({ checks }: Report) =>
  checks.filter(({ outcome }) => outcome === "failure");

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.href;
}

it("finds nothing wrong where nothing is, and has looked at everything", async () => {
  const { url } = await database();
  const report = await production({ DATABASE_URL: url });
  expect(failures(report)).toEqual([]);
  expect(report).toMatchObject({ exitCode: 0 });
  const isOk = report.checks
    .filter(({ outcome }) => outcome === "ok")
    .map(({ check }) => check);
  expect(isOk).toEqual(
    expect.arrayContaining([
      ...["environment", "node", "keys", "cursor secret", "database"],
      ...["fitness", "pooler", "rights", "migrations", "replication"],
      ...["vacuum", "unfinished", "size", "clock"],
    ]),
  );
});

describe("the environment", () => {
  it("names all that is wrong at once, and ends with 2", async () => {
    const report = await examine(
      { NODE_ENV: "production", PORT: "http", DATABASE_URL: "mysql://a/b" },
      openShared,
    );
    expect(report.exitCode).toBe(2);
    expect(of(report, "environment").join("\n")).toMatch(
      /PORT.*\n.*DATABASE_URL.*\n.*AUTH_JWT_SECRET or AUTH_JWKS_URL is needed in production/,
    );
    expect(of(report, "database")).toEqual([
      "skipped: The environment is not right.",
    ]);
  });

  it("fails a guessable secret in production, and warns of it elsewhere", async () => {
    const { url } = await database();
    const env = {
      DATABASE_URL: url,
      AUTH_JWT_SECRET: "change-me-change-me-change-me-change-me",
    };
    expect(of(await production(env), "keys")).toEqual([
      expect.stringMatching(/^failure: AUTH_JWT_SECRET has very few/),
    ]);
    expect(of(await examine(env, openShared), "keys")).toEqual([
      expect.stringMatching(/^warning: AUTH_JWT_SECRET/),
    ]);
  });

  it.each([
    ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /few different/],
    ["abcdefghijklmabcdefghijklmabcdefghijklm", /repeats/],
    ["my company's password, which is long", /guessed/],
  ])("calls %s weak", (secret, why) => {
    expect(weaknessOf(secret)).toMatch(why);
  });

  it.each([strongSecret, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"])(
    "calls %s strong",
    (secret) => {
      expect(weaknessOf(secret)).toBeNull();
    },
  );

  it("wants the Node of package.json, and files for the sockets", async () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
      engines: { node: string };
    };
    const oldest = engines.node.replace(">=", "");
    expect(checkNode(`${oldest}.0`).outcome).toBe("ok");
    expect(checkNode("20.18.3").outcome).toBe("failure");
    expect(checkNode("24.0.0").outcome).toBe("ok");
    const folder = await mkdtemp(join(tmpdir(), "acked-doctor-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const file = join(folder, "limits");
    for (const [soft, outcome] of [
      ["128", "failure"],
      ["1024", "warning"],
      ["65536", "ok"],
      ["unlimited", "ok"],
    ] as const) {
      await writeFile(
        file,
        `Max open files            ${soft}              65536              files\n`,
      );
      expect((await checkOpenFiles(file)).outcome).toBe(outcome);
    }
    expect((await checkOpenFiles(join(folder, "none"))).outcome).toBe(
      "skipped",
    );
  });
});

describe("the database", () => {
  it("says which of password, database and address is wrong", async () => {
    const { url } = await database();
    const wrong = {
      "refuses the password": changed(url, (to) => (to.password = "not this")),
      "has no such database": changed(url, (to) => (to.pathname = "/nowhere")),
      "nothing listens there": changed(url, (to) => (to.port = "9")),
      "is no name that can be resolved": changed(
        url,
        (to) => (to.hostname = "no-such-host.invalid"),
      ),
    };
    for (const [what, DATABASE_URL] of Object.entries(wrong)) {
      const report = await production({ DATABASE_URL });
      expect(report.exitCode).toBe(1);
      expect(of(report, "database")).toEqual([
        expect.stringMatching(new RegExp(`^failure: .*${what}.* → `)),
      ]);
      expect(of(report, "rights")).toEqual([
        "skipped: The database can't be reached.",
      ]);
    }
  });

  it("tells migrations that lack, are unknown, were passed over, or differ", async () => {
    const { url, admin } = await database();
    const found = async () =>
      of(await production({ DATABASE_URL: url }), "migrations");
    const newest = `(select max(created_at) from drizzle.__drizzle_migrations)`;
    const oldest = `(select min(created_at) from drizzle.__drizzle_migrations)`;
    const inTurn = async (statement: string) => {
      await admin.unsafe(
        "create temp table kept as select * from drizzle.__drizzle_migrations",
      );
      await admin.unsafe(statement);
      const [line] = await found();
      await admin.unsafe(`truncate drizzle.__drizzle_migrations;
        insert into drizzle.__drizzle_migrations select * from kept; drop table kept`);
      return line;
    };
    expect(
      await inTurn(
        `delete from drizzle.__drizzle_migrations where created_at = ${newest}`,
      ),
    ).toMatch(/^warning: The database lacks 1 migration .*acked migrate/);
    expect(
      await inTurn(
        `delete from drizzle.__drizzle_migrations where created_at = ${oldest}`,
      ),
    ).toMatch(/^failure: 1 migration of this version was passed over/);
    expect(
      await inTurn(
        "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)",
      ),
    ).toMatch(/^warning: .*1 migration that this version does not know/);
    expect(
      await inTurn(
        `update drizzle.__drizzle_migrations set hash = 'other' where created_at = ${oldest}`,
      ),
    ).toMatch(/^failure: .*differ from this version's/);
    expect((await found())[0]).toMatch(/^ok/);
    await admin.unsafe("drop schema drizzle cascade");
    expect((await found())[0]).toMatch(/^warning: .*none of the tables yet/);
  });

  it("says what a role may not do, and the grants that help", async () => {
    const { url, admin } = await database();
    const role = `doctor_${String(process.pid)}_${String(Date.now())}`;
    const name = new URL(url).pathname.slice(1);
    await admin.unsafe(`create role ${role} login password 'x7Kq2Lm9'`);
    cleanups.push(async () => {
      const again = postgres(url, { max: 1 });
      await again.unsafe(`drop owned by ${role}; drop role ${role}`);
      await again.end();
    });
    await admin.unsafe(`revoke create on schema public from public;
      revoke execute on function pg_control_system() from public;
      grant usage on schema public, drizzle to ${role};
      grant select on all tables in schema public to ${role}`);
    const DATABASE_URL = changed(url, (to) => {
      to.username = role;
      to.password = "x7Kq2Lm9";
    });
    const report = await production({ DATABASE_URL });
    const lines = of(report, "rights").join("\n");
    expect(lines).toMatch(/failure: .*may not insert, update, delete in users/);
    expect(lines).toContain(`grant create on database "${name}" to "${role}"`);
    expect(lines).toContain("grant execute on function pg_control_system()");
    expect(lines).toMatch(/warning: .*does not own .*messages/);
    expect(of(report, "migrations")).toEqual([
      expect.stringMatching(/^skipped: The role may not look/),
    ]);
    expect(of(report, "transactions")).toEqual([
      expect.stringMatching(/pg_read_all_stats/),
    ]);

    await admin.unsafe(`grant create on database ${name} to ${role};
      grant create on schema public, drizzle to ${role};
      grant select, insert, update, delete on all tables in schema public, drizzle to ${role};
      grant execute on function pg_control_system() to ${role}`);
    const granted = await production({ DATABASE_URL });
    expect(failures(granted)).toEqual([]);
    expect(of(granted, "migrations")).toEqual([
      expect.stringMatching(/^ok: All/),
    ]);
  });

  it("compares DATABASE_POOL with what the database lets in", async () => {
    const { url, admin } = await database();
    const found = async (pool: string) =>
      of(
        await production({ DATABASE_URL: url, DATABASE_POOL: pool }),
        "connections",
      )[0];
    expect(await found("1000")).toMatch(/^warning: .*takes 1002 at most/);
    const name = new URL(url).pathname.slice(1);
    await admin.unsafe(`alter database ${name} connection limit 15`);
    expect(await found("10")).toMatch(/^warning: .*no room for a second node/);
    expect(await found("3")).toMatch(/^ok: .*room for 3 nodes/);
  });

  it("finds a database that is read only, and settings that mislead", async () => {
    const { url, admin } = await database();
    const name = new URL(url).pathname.slice(1);
    await admin.unsafe(
      `alter database ${name} set default_transaction_read_only = 'on'`,
    );
    const report = await production({ DATABASE_URL: url });
    expect(of(report, "fitness")).toEqual([
      expect.stringMatching(
        /^failure: It is read only .*alter role .* set default_transaction_read_only = 'off'/,
      ),
    ]);
    // What can be seen without writing is looked at all the same.
    expect(of(report, "migrations")[0]).toMatch(/^ok/);
  });

  it("R54: knows a copy of the database whose timeline was written down", async () => {
    const { url, admin } = await database();
    await admin`insert into timelines (number, database, begun_at) values (7, '1/2', now())`;
    expect(of(await production({ DATABASE_URL: url }), "timeline")).toEqual([
      expect.stringMatching(/^warning: Timeline 7 .*--new-timeline/),
    ]);
  });

  it("R41: finds erasures and compactions that were left on their way, and no others", async () => {
    const { url, admin } = await database();
    const unfinished = async () =>
      of(await production({ DATABASE_URL: url }), "unfinished");
    await admin`
      insert into erasures (digest, alias, erased_at) values
        ('one that ended', null, now() - interval '2 hours'), ('one that has just begun', 'erased-1', now())`;
    await admin`insert into compactions (id, conversation_key, participant_number, held_until) values (1, 7, 1, now())`;
    expect(await unfinished()).toEqual([
      "ok: No erasure and no compaction was left on its way.",
    ]);
    await admin`update erasures set erased_at = now() - interval '2 hours'`;
    await admin`update compactions set held_until = now() - interval '25 hours'`;
    expect(await unfinished()).toEqual([
      expect.stringMatching(/^warning: 1 erasures .*Call eraseUser again/),
      expect.stringMatching(/^warning: A compaction .*acked compact/),
    ]);
    await admin`drop table erasures`;
    expect((await unfinished())[0]).toMatch(/^skipped/);
  });

  it("looks at the embedded Postgres where it runs, and starts none", async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), "acked-doctor-"));
    cleanups.push(() => rm(DATA_DIR, { recursive: true, force: true }));
    expect(of(await examine({ DATA_DIR }, openShared), "database")).toEqual([
      expect.stringMatching(/^skipped: The embedded Postgres does not run/),
    ]);
    const embedded = await startEmbeddedPostgres({
      dataDir: DATA_DIR,
      log: () => undefined,
    });
    cleanups.push(() => embedded.stop());
    const report = await examine({ DATA_DIR }, openShared);
    expect(of(report, "database")).toEqual([
      expect.stringMatching(/^ok: 127\.0\.0\.1:\d+ answers/),
    ]);
    expect(of(report, "migrations")[0]).toMatch(
      /^warning: .*none of the tables/,
    );
    expect(failures(report)).toEqual([]);
  }, 60_000);

  it("knows a standby, a commit that waits for one, autovacuum that is off, and idle slots", async () => {
    const own = await startOwnPostgres();
    cleanups.push(() => own.remove());
    await own.sql("alter system set synchronous_standby_names = 'away'");
    await own.sql("alter system set autovacuum = off");
    await own.sql("alter system set wal_level = 'replica'");
    await own.sql("select pg_reload_conf()");
    await own.sql(
      "select pg_create_physical_replication_slot('forgotten', true)",
    );
    const found = () => production({ DATABASE_URL: own.url });
    await expect
      .poll(async () => of(await found(), "vacuum")[0])
      .toMatch(/^failure: autovacuum .*alter system set autovacuum = on/);
    const report = await found();
    const replication = of(report, "replication").join("\n");
    expect(replication).toMatch(/failure: Commits wait for a standby .*'away'/);
    expect(replication).toMatch(/warning: .*forgotten/);
    expect(report.exitCode).toBe(1);

    const standby = await own.standby();
    cleanups.push(() => standby.remove());
    const there = await production({ DATABASE_URL: standby.url });
    expect(of(there, "replication")[0]).toMatch(/^failure: .*standby/);
    expect(of(there, "fitness")[0]).toMatch(/^failure: .*standby/);
    // Named together, the one that writes is looked at, and the other one is only told of.
    const { username, password } = new URL(own.url);
    const both = await production({
      DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${String(standby.port)},127.0.0.1:${String(own.port)}/postgres`,
    });
    expect(of(both, "database").join("\n")).toMatch(
      /ok: .*takes no writes\.\nok: .*answers\.$/,
    );
    expect(of(both, "replication").join("\n")).toContain("'away'");
  }, 90_000);

  it("sees a clock that is off, a transaction that nobody ends, and who waits for it", async (context) => {
    const built: { clock: Clock | null } = { clock: null };
    const clusters = await Clusters.open(async (folder) => {
      built.clock = await buildClock(folder);
      return built.clock?.env ?? {};
    });
    cleanups.push(() => clusters.close());
    const { clock } = built;
    if (!clock) return context.skip();
    const cluster = await clusters.create();
    const found = () => production({ DATABASE_URL: cluster.url });
    expect(of(await found(), "clock")[0]).toMatch(/^ok/);
    const holder = cluster.connect();
    const waiter = cluster.connect();
    await holder.unsafe("create table held (id int)");
    await holder.unsafe("begin; lock table held");
    const waiting = waiter.unsafe("select from held").catch(() => undefined);
    await expect
      .poll(async () => {
        const observer = cluster.connect();
        const rows =
          await observer`select from pg_locks where not granted and waitstart is not null`;
        await observer.end();
        return rows.length;
      })
      .toBe(1);
    await clock.set(10);
    expect(of(await found(), "clock")[0]).toMatch(
      /^warning: The database's clock is \d+\.\d s or more ahead of/,
    );
    await clock.set(120);
    const report = await found();
    expect(of(report, "clock")[0]).toMatch(/^failure: .*NTP/);
    const open = of(report, "transactions").join("\n");
    expect(open).toMatch(/has a transaction open for 1\d\d s \(idle in/);
    expect(open).toMatch(/has waited for a lock of \d+ for 1\d\d s/);
    await holder.unsafe("rollback");
    await waiting;
    await Promise.all([holder.end(), waiter.end()]);
    await clock.set(-120);
    expect(of(await found(), "clock")[0]).toMatch(/^failure: .*behind/);
  }, 90_000);
});

describe.skipIf(!isPgBouncerThere)("behind PgBouncer", () => {
  const pooledDatabase = poolers(cleanups);

  it.each([
    ["transaction", "auto", /^ok: .*for each transaction/],
    ["transaction", "session", /^failure: .*DATABASE_POOLER is session/],
    ["session", "auto", /^warning: .*each connection a session.*=session/],
    ["session", "session", /^ok: .*each connection a session/],
    ["statement", "auto", /^failure: .*statement mode.*pool_mode/],
  ] as const)(
    "in %s mode with DATABASE_POOLER=%s says so",
    async (mode, DATABASE_POOLER, line) => {
      const { url } = await pooledDatabase(mode);
      const report = await production({ DATABASE_URL: url, DATABASE_POOLER });
      expect(of(report, "pooler")).toEqual([expect.stringMatching(line)]);
    },
  );

  it("names the settings that a role has to bring", async () => {
    const { url, direct } = await pooledDatabase("transaction");
    const admin = postgres(direct, { max: 1 });
    cleanups.push(() => admin.end());
    const name = new URL(direct).pathname.slice(1);
    await admin.unsafe(
      `alter database ${name} set default_transaction_isolation = 'serializable'`,
    );
    expect(
      of(await production({ DATABASE_URL: url }), "fitness").join("\n"),
    ).toMatch(
      /failure: Default_transaction_isolation is not read committed: alter role/i,
    );
  });
});

describe("the issuer", () => {
  async function issuerWith(
    answer: unknown,
    { status = 200, date = new Date() } = {},
  ) {
    const server = createServer((_, response) => {
      response.sendDate = false;
      response.setHeader("date", date.toUTCString());
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}/keys`;
  }
  const found = (AUTH_JWKS_URL: string) =>
    examine(
      { AUTH_JWKS_URL, DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" },
      openShared,
    );

  it("is away, answers an error, or has no key that is of use", async () => {
    const cases = [
      ["http://127.0.0.1:9/keys", /^failure: .*can't be reached/],
      [await issuerWith({}, { status: 404 }), /^failure: .*answers 404/],
      [await issuerWith({ hello: 1 }), /^failure: .*no key set/],
      [await issuerWith({ keys: [] }), /^failure: .*0 keys, and none/],
      [
        await issuerWith({ keys: Array(101).fill({ kty: "RSA" }) }),
        /^failure: .*more than 100 keys/,
      ],
      [
        await issuerWith({ keys: [{ kty: "RSA", n: "AQAB", e: "AQAB" }] }),
        /^failure: .*1 keys, and none/,
      ],
    ] as const;
    for (const [url, line] of cases)
      expect(of(await found(url), "issuer's keys")).toEqual([
        expect.stringMatching(line),
      ]);
  });

  it("has keys of use, shows a private one, and has a clock of its own", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256", {
      extractable: true,
    });
    const url = await issuerWith({
      keys: [{ ...(await exportJWK(publicKey)), kid: "1", alg: "ES256" }],
    });
    const report = await found(url);
    expect(of(report, "issuer's keys")).toEqual([
      expect.stringMatching(/^ok: .*1 usable keys \(ES256\)/),
    ]);
    expect(of(report, "issuer's clock")[0]).toMatch(/^ok/);
    expect(of(report, "issuer")[0]).toMatch(
      /^warning: AUTH_ISSUER and AUTH_AUDIENCE are not set/,
    );
    expect(of(report, "cursor secret")[0]).toMatch(
      /^warning: .*CURSOR_SECRET is not/,
    );
    const bad = await issuerWith(
      { keys: [await exportJWK(privateKey)] },
      { date: new Date(Date.now() + 600_000) },
    );
    const worse = await found(bad);
    expect(of(worse, "issuer's keys").join("\n")).toMatch(
      /failure: .*private key/,
    );
    expect(of(worse, "issuer's clock")[0]).toMatch(/^failure: .*ahead/);
  });
});

describe("the bus", () => {
  const config = readConfig({ DATABASE_URL: "postgres://a@127.0.0.1/b" });

  it("carries a notice from one end to the other, or does not", async () => {
    expect(said(await checkBus(config, openShared))).toMatch(
      /^ok: A notice took/,
    );
    let opened = 0;
    let closed = 0;
    const deaf = await checkBus(config, () => {
      opened++;
      const bus = createInProcessBus();
      return Promise.resolve({
        ...bus,
        close: () => {
          closed++;
          return bus.close();
        },
      });
    });
    expect(said(deaf)).toMatch(/^failure: .*did not arrive within 5 s/);
    expect([opened, closed]).toEqual([2, 2]);
    expect(
      said(await checkBus(config, () => Promise.reject(new Error("refused")))),
    ).toMatch(/^failure: The bus can't be reached: refused/);
    const alone = readConfig({
      DATABASE_URL: "postgres://a@127.0.0.1/b",
      BUS_URL: "in-process",
    });
    expect(said(await checkBus(alone, openShared))).toMatch(/^warning/);
    expect(said(await checkBus(readConfig({}), openShared))).toMatch(/^ok/);
  });
});

describe("the command", () => {
  async function run(env: Record<string, string>, ...args: string[]) {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "src/main.ts", "doctor", ...args],
      { env: { PATH: process.env["PATH"], ...env } },
    );
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (text += data.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, text };
  }

  it("ends with 0, 1 or 2, in words and in JSON, and never shows a secret", async () => {
    const { url } = await database();
    const { password } = new URL(url);
    const secrets = {
      AUTH_JWT_SECRET: "Zk3-never-shown-Qw8rT1yU6iO9pA4sD7fG",
      CURSOR_SECRET: "Mn5-never-shown-Xc2vB0nL8kJ6hG3fD1sA",
    };
    const env = { NODE_ENV: "production", DATABASE_URL: url, ...secrets };
    const wrong = changed(url, (to) => (to.password = "pa55-never-shown"));
    const cases = [
      [env, 0, []],
      [{ ...env, DATABASE_URL: wrong }, 1, ["--json"]],
      [{ ...env, DATABASE_URL: wrong.replace("postgres:", "mysql:") }, 2, []],
      [
        {
          NODE_ENV: "production",
          DATABASE_URL: url,
          AUTH_JWKS_URL: "http://reader:pa55-never-shown@127.0.0.1:9/keys",
          AUTH_AUDIENCE: "acked",
          CURSOR_SECRET: secrets.CURSOR_SECRET,
        },
        1,
        ["--json"],
      ],
    ] as const;
    for (const [each, exitCode, args] of cases) {
      const { code, text } = await run(each, ...args);
      expect([code, text]).toEqual([exitCode, expect.any(String)]);
      for (const secret of [password, "never-shown"])
        expect(text).not.toContain(secret);
      if (args.length > 0)
        expect(JSON.parse(text)).toMatchObject({
          exitCode,
          checks: expect.arrayContaining([
            expect.objectContaining({ check: "node", outcome: "ok" }),
          ]) as unknown,
        });
      else expect(text).toMatch(/^ok +node +Node /m);
    }
  }, 120_000);
});
