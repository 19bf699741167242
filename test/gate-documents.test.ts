import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getIntrospectionQuery, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ConfigError, readConfig } from "../src/config/config.js";
import { createDocumentCache } from "../src/gate/documents.js";
import { createGate } from "../src/gate/gate.js";
import { gateLimits } from "../src/gate/limits.js";
import { isPaged } from "../src/gate/page-size.js";
import { lists, prices, statements } from "../src/gate/prices.js";
import { createSchema } from "../src/graphql/schema.js";
import { createLog } from "../src/log/log.js";
import { logLines } from "./support/log-lines.js";
import { codeOf } from "./support/chat.js";
import { startTestServer, type TestServer } from "./support/server.js";

const schema = createSchema();
const manifestPath = "trusted-documents.json";
const readManifest = async () =>
  JSON.parse(await readFile(manifestPath, "utf8")) as Record<string, string>;

/** The heap in use once garbage is gone, in MiB. */
function heapMiB(): number {
  setFlagsFromString("--expose_gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1_024 ** 2;
}

describe("the cache of documents", () => {
  /** A document of 19 kB that is wrong, as no other is. */
  const junk = (i: number) =>
    `{ viewer { ${"id ".repeat(900)} } wrong${i} } # ${"x".repeat(16_000)}`;
  const good = "{ viewer { id displayName } }";

  it("counts bytes: 1,000 wrong documents take less than 5 MiB", () => {
    const documents = createDocumentCache(schema);
    documents.get(good);
    const before = heapMiB();
    for (let i = 0; i < 1_000; i++)
      expect(documents.get(junk(i))).toHaveProperty("errors");
    expect(heapMiB() - before).toBeLessThan(5);
    expect(documents.held.refusedBytes).toBeLessThanOrEqual(
      gateLimits.refusedBytes,
    );
  });

  it("loses no good document to wrong ones, and examines each once", () => {
    const documents = createDocumentCache(schema, { refusedBytes: 20_000 });
    const known = documents.get(good);
    for (let i = 0; i < 200; i++) documents.get(junk(i));
    const { examined } = documents.held;
    expect(documents.get(good)).toBe(known);
    documents.get(junk(199));
    expect(documents.held.examined).toBe(examined);
    expect(documents.held.refused).toBeLessThan(20);
  });

  it("loses the good document that nobody has asked for longest, once their bytes are too many", () => {
    const documents = createDocumentCache(schema, { documentBytes: 100_000 });
    const often = documents.get(good);
    for (let i = 0; i < 500; i++) {
      documents.get(`{ viewer { id } } # ${i}`);
      expect(documents.get(good)).toBe(often);
    }
    expect(documents.held.documentBytes).toBeLessThanOrEqual(100_000);
    expect(documents.held.documents).toBeGreaterThan(5);
  });

  it("takes about the memory that it counts", () => {
    const documents = createDocumentCache(schema);
    documents.get(good);
    const [before, counted] = [heapMiB(), documents.held.documentBytes];
    for (let i = 0; i < 200; i++)
      documents.get(
        `query Q${i} { conversations { nodes { ${"id title createdAt lastMessage { id body } ".repeat(30)} } } }`,
      );
    const countedMiB = (documents.held.documentBytes - counted) / 1_024 ** 2;
    expect((heapMiB() - before) / countedMiB).toBeLessThan(1.2);
  });
});

describe("honest documents are far below every limit", () => {
  const gate = createGate({ schema, introspection: true });

  it("those of the client library", async () => {
    for (const text of Object.values(await readManifest())) {
      const known = createDocumentCache(schema).get(text);
      if ("errors" in known) throw new Error(JSON.stringify(known.errors));
      for (const { cost } of known.operations.values())
        expect(
          typeof cost === "number"
            ? cost
            : cost({ first: undefined, last: undefined }),
        ).toBeLessThan(0.65 * gateLimits.cost);
    }
  });

  it("a cursor of a list costs its own price: it is sealed", () => {
    const costOf = (field: string) => {
      const text = `{ conversations(first: 100) { edges { ${field} } } }`;
      const admitted = gate.admit({ query: text });
      if ("errors" in admitted) throw new Error("it was refused");
      return admitted.cost;
    };
    expect(costOf("cursor") - costOf("__typename")).toBe(100 * prices.cursor);
  });

  it("the explorer's introspection, and half of all limits is left", () => {
    const text = getIntrospectionQuery({ inputValueDeprecation: true });
    expect(gate.admit({ query: text })).toHaveProperty("known");
    expect(text.split(/[^\w.@$]+/).length).toBeLessThan(gateLimits.tokens / 2);
  });

  it("prices name fields of the schema, and every field with paging reads the database", () => {
    const fields = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields()).map((field) => ({ type, field })),
      );
    const names = fields.map(({ type, field }) => `${type.name}.${field.name}`);
    for (const [type, priced] of Object.entries(statements))
      for (const field of priced) expect(names).toContain(`${type}.${field}`);
    for (const name of Object.keys(lists)) expect(names).toContain(name);
    for (const { type, field } of fields)
      if (isPaged(field)) expect(statements[type.name]).toContain(field.name);
    for (const field of Object.keys(
      schema.getMutationType()?.getFields() ?? {},
    ))
      expect(statements["Mutation"]).toContain(field);
  });
});

describe("trusted documents", () => {
  let server: TestServer | null = null;
  let only: TestServer | null = null;
  const node = (which: TestServer | null) => {
    if (!which) throw new Error("no server");
    return which;
  };
  beforeAll(async () => {
    server = await startTestServer({ TRUSTED_DOCUMENTS: manifestPath });
    only = await startTestServer({
      TRUSTED_DOCUMENTS: manifestPath,
      TRUSTED_ONLY: "true",
    });
  });
  afterAll(async () => {
    await server?.close();
    await only?.close();
  });

  const viewerId = async () => {
    const [id, text] =
      Object.entries(await readManifest()).find(([, each]) =>
        each.includes("query Viewer"),
      ) ?? [];
    return { id: id ?? "", text: text ?? "" };
  };
  const post = async (which: TestServer | null, body: object) =>
    node(which).post<{ viewer: { id: string } }>(
      { authorization: `Bearer ${await node(which).token("alice")}` },
      body,
    );

  it.each([
    ["documentId", (id: string) => ({ documentId: id })],
    [
      "documentId, with its kind",
      (id: string) => ({ documentId: `sha256:${id}` }),
    ],
    ["extensions", (id: string) => ({ extensions: { documentId: id } })],
    [
      "persisted queries",
      (id: string) => ({
        extensions: { persistedQuery: { version: 1, sha256Hash: id } },
      }),
    ],
  ])("are run over HTTP by %s", async (_, bodyOf) => {
    const { id } = await viewerId();
    for (const which of [server, only])
      expect((await post(which, bodyOf(id))).data?.viewer.id).toBe("alice");
  });

  it("are run over a socket by documentId", async () => {
    const { id } = await viewerId();
    for (const which of [server, only]) {
      const { client } = node(which).connect("alice");
      for (const payload of [
        { query: "", documentId: id },
        { query: "", extensions: { documentId: id } },
      ])
        for await (const { data } of client.iterate(payload))
          expect(data).toMatchObject({ viewer: { id: "alice" } });
    }
  });

  it("are alone where TRUSTED_ONLY is set: others are refused over both transports", async () => {
    const { text } = await viewerId();
    expect((await post(only, { query: text })).data?.viewer.id).toBe("alice");
    const query = "{ viewer { id } }";
    expect(codeOf(await post(only, { query }))).toBe("BAD_USER_INPUT");
    expect(codeOf(await post(only, { documentId: "none" }))).toBe(
      "BAD_USER_INPUT",
    );
    const failure: unknown = await node(only)
      .connect("alice")
      .execute(query)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    // Beside others they are only an addition.
    expect((await post(server, { query })).data?.viewer.id).toBe("alice");
  });

  it("that are not right are named at the start", async () => {
    const folder = await mkdtemp(join(tmpdir(), "acked-trusted-"));
    const file = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    };
    const problemOf = (paths: string, more = {}) => {
      try {
        readConfig({ TRUSTED_DOCUMENTS: paths, ...more });
        return "";
      } catch (error) {
        if (error instanceof ConfigError) return error.problems.join();
        throw error;
      }
    };
    expect(problemOf(join(folder, "missing.json"))).toMatch(
      /^TRUSTED_DOCUMENTS .*missing\.json.*ENOENT/,
    );
    expect(problemOf(await file("a.json", "{"))).toMatch(/is not JSON/);
    expect(problemOf(await file("b.json", "[1]"))).toMatch(/no JSON object/);
    expect(
      problemOf(
        `${await file("c.json", '{"a":"{ viewer { id } }"}')},${await file("d.json", '{"a":"{ __typename }"}')}`,
      ),
    ).toMatch(/another document under the id a/);
    expect(problemOf("", { TRUSTED_ONLY: "true" })).toMatch(/^TRUSTED_ONLY /);
    await expect(
      startTestServer({
        TRUSTED_DOCUMENTS: await file("e.json", '{"abc":"{ nothing }"}'),
      }),
    ).rejects.toThrow(/TRUSTED_DOCUMENTS[^]*abc: Cannot query field/);
    await rm(folder, { recursive: true });
  });
});

describe("messages that only servers send", () => {
  const log = logLines();
  let server: TestServer | null = null;
  beforeAll(async () => {
    server = await startTestServer(
      {},
      {},
      createLog({ level: "warn" }, log.output),
    );
  });
  afterAll(() => server?.close());

  const messages = [
    { type: "connection_ack" },
    { type: "next", id: "1", payload: {} },
    { type: "error", id: "1", payload: [{ message: "x" }] },
  ];

  it.each(messages)(
    "$type before a token closes with 4400",
    async (message) => {
      expect(await closeCode([message])).toBe(4_400);
    },
  );

  it.each(messages)("$type after it closes with 4400", async (message) => {
    const authorization = `Bearer ${(await server?.token("alice")) ?? ""}`;
    const init = { type: "connection_init", payload: { authorization } };
    expect(await closeCode([init, message])).toBe(4_400);
  });

  it("and they are nothing for the log", () => {
    expect(log.text).toBe("");
  });

  /** Says the first message, and each further one after an answer; tells how the server closes. */
  async function closeCode(said: readonly object[]): Promise<number> {
    const socket = new WebSocket(server?.wsUrl ?? "", "graphql-transport-ws");
    const rest = [...said];
    const next = () => socket.send(JSON.stringify(rest.shift()));
    socket.on("open", next);
    socket.on("message", next);
    return new Promise((resolve) => socket.on("close", resolve));
  }
});
