import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { is, Placeholder, type SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conversationKey } from "../src/db/conversation-key.js";
import type { Db } from "../src/db/connect.js";
import { statements, type Parameters } from "../src/db/prepare.js";
import * as creation from "../src/domain/conversations/creation-queries.js";
import * as membership from "../src/domain/conversations/membership-queries.js";
import * as updating from "../src/domain/conversations/update-queries.js";
import * as ownership from "../src/domain/conversations/ownership-queries.js";
import * as departures from "../src/domain/lifecycle/departure-queries.js";
import * as erasures from "../src/domain/lifecycle/erasure-queries.js";
import * as takingPart from "../src/domain/users/taking-part-queries.js";
import { everyone } from "../src/domain/receipts/audience.js";
import { databaseForFile } from "./support/for-file.js";
import {
  converse,
  createHubRig,
  say,
  viewer,
  type HubRig,
} from "./support/hub.js";
import { keyColumns, unkeyed } from "./support/key-lint.js";
import {
  makePartitionedCopies,
  partitionsOf,
  usePartitionedCopies,
} from "./support/partitioned.js";

// The tables can be distributed by conversation (docs/deploy/scale.md). Plain Postgres proves it, with
// partitions in the place of shards: both take a unique key only with the distribution column in it, and both
// find the one place of a statement by a parameter that is compared with that column of each table.

const source = fileURLToPath(new URL("../src/", import.meta.url));
for (const file of await readdir(source, { recursive: true }))
  if (/-(queries|statement)\.ts$/.test(file))
    await import(/* @vite-ignore */ join(source, file));

/** A statement with values for its parameters, as literals. */
interface Sample {
  readonly text: string;
  readonly values: readonly string[];
  readonly parameters: Parameters;
}

/** Values that the planner can't take for a contradiction, or that have a form of their own. */
const samples: Readonly<Record<string, string>> = {
  below: "9",
  kind: "READ",
  snapshot: "1:3:",
  snapshots: "1:3:",
};

const dialect = new PgDialect();
const declared = new Map<string, Sample>();
for (const [name, { text, parameters }] of statements) {
  const { sql, params } = dialect.sqlToQuery(text);
  declared.set(name, {
    text: sql,
    parameters,
    values: params.map((parameter) => {
      if (!is(parameter, Placeholder)) throw new Error(`${name} has a value`);
      const of = parameter.name;
      return sampleOf(of, parameters[of] ?? "");
    }),
  });
}

/** A value of a parameter, as a literal. */
function sampleOf(name: string, type: string): string {
  const of: Record<string, string> = {
    text: "a",
    int4: "1",
    int8: "1",
    float8: "1",
    bool: "true",
    timestamptz: "2026-01-01Z",
    int8multirange: "{[1,3)}",
    key: conversationKey("a"),
  };
  const value = samples[name] ?? of[type.replace("[]", "").replace("?", "")];
  if (value === undefined) throw new Error(`no value of type ${type}`);
  return type.endsWith("[]") ? `'{"${value}"}'` : `'${value}'`;
}

/** A value that a membership statement was made with, as a literal. */
function literalOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `'{${value.join(",")}}'`;
  if (
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  )
    return `'${value}'`;
  throw new Error(`a parameter of type ${typeof value}`);
}

/** A statement of each function that changes who is in a conversation. */
const changes: Record<
  Exclude<
    | keyof typeof membership
    | keyof typeof creation
    | keyof typeof ownership
    | keyof typeof updating
    | keyof typeof departures
    | keyof typeof erasures
    | keyof typeof takingPart,
    "departureQueries"
  >,
  (tx: Db) => Promise<unknown>
> = (() => {
  const key = { creatorId: "a", clientId: "a" };
  const conversation = {
    ...{ id: "a", version: 1, lastSeq: 1, lastParticipant: 1 },
    at: "2026-01-01Z",
  };
  const leaver = {
    ...{ userId: "a", alias: "b", conversation, number: 1, lastMove: 1 },
  };
  const stay = { conversationId: "a", number: 1 };
  return {
    lockConversation: (tx) => membership.lockConversation(tx, "a"),
    insertConversationKey: (tx) =>
      creation.insertConversationKey(tx, {
        ...key,
        ...{ conversationId: "a", contentDigest: "a" },
      }),
    selectConversationKey: (tx) => creation.selectConversationKey(tx, key),
    insertConversation: (tx) =>
      creation.insertConversation(tx, {
        ...{ id: "a", title: null, participants: 1 },
        ...{ isMadeByService: true, receiptPolicy: "COUNTS" },
      }),
    insertUsers: (tx) => takingPart.insertUsers(tx, ["a"]),
    holdUsers: (tx) => takingPart.holdUsers(tx, ["a"]),
    lockUser: (tx) => takingPart.lockUser(tx, "a"),
    selectDeactivated: (tx) => takingPart.selectDeactivated(tx, ["a"]),
    selectErased: (tx) => takingPart.selectErased(tx, ["a"]),
    insertFounders: (tx) => creation.insertFounders(tx, "a", ["a"], ["a"]),
    selectFounders: (tx) => creation.selectFounders(tx, "a"),
    selectIsMadeByService: (tx) => creation.selectIsMadeByService(tx, "a"),
    selectPresent: (tx) => membership.selectPresent(tx, "a", ["a"]),
    countPresent: (tx) => membership.countPresent(tx, "a"),
    insertParticipants: (tx) =>
      membership.insertParticipants(tx, conversation, ["a"], "OBSERVER"),
    changeParticipation: (tx) =>
      membership.changeParticipation(tx, conversation, "a", "OBSERVER"),
    updateConversation: (tx) =>
      updating.updateConversation(tx, conversation, {
        ...{ title: "a", receiptPolicy: "COUNTS" },
      }),
    endStay: (tx) => membership.endStay(tx, conversation, "a"),
    ensureOwner: (tx) => ownership.ensureOwner(tx, "a"),
    bumpVersion: (tx) => membership.bumpVersion(tx, conversation),
    insertDeactivation: (tx) => departures.insertDeactivation(tx, "a"),
    deleteDeactivation: (tx) => departures.deleteDeactivation(tx, "a"),
    selectParticipation: (tx) => departures.selectParticipation(tx, "a", "a"),
    insertDeparture: (tx) => departures.insertDeparture(tx, "a", "a"),
    deleteDeparture: (tx) => departures.deleteDeparture(tx, "a", "a"),
    insertErasure: (tx) => erasures.insertErasure(tx, "a", "a"),
    selectAlias: (tx) => erasures.selectAlias(tx, "a"),
    lockGone: (tx) => erasures.lockGone(tx, "a", "a"),
    forgetMessages: (tx) => erasures.forgetMessages(tx, leaver, 0, 1),
    selectLastMove: (tx) => erasures.selectLastMove(tx, stay),
    forgetLog: (tx) => erasures.forgetLog(tx, stay, "READ", 1, 1),
    forgetParticipant: (tx) => erasures.forgetParticipant(tx, leaver),
    forgetMentions: (tx) => erasures.forgetMentions(tx, "1", "a"),
    forgetConversationKeys: (tx) => erasures.forgetConversationKeys(tx, "a"),
    lockTable: () => Promise.resolve(),
    forgetUser: (tx) => erasures.forgetUser(tx, "a"),
    endErasure: (tx) => erasures.endErasure(tx, "a"),
  };
})();
const membershipStatements = new Map<string, Sample>();
for (const [name, run] of Object.entries(changes)) {
  const execute = (text: SQL) => {
    const { sql, params } = dialect.sqlToQuery(text);
    membershipStatements.set(name, {
      text: sql,
      parameters: {},
      values: params.map(literalOf),
    });
    return Promise.resolve([]);
  };
  await run({ execute } as unknown as Db);
}

const isOfConversations = ({ text }: Sample) =>
  new RegExp(`\\b(${Object.keys(keyColumns).join("|")})\\b`).test(text);
const inOneConversation = [
  ...[...declared].filter(
    ([, { parameters }]) => parameters["conversationKey"] === "key",
  ),
  ...[...membershipStatements].filter(([, sample]) =>
    isOfConversations(sample),
  ),
];

describe("the key of a conversation", () => {
  const created = databaseForFile();

  it("is the same in the database and in the service", async () => {
    const ids = [
      "",
      "a",
      "demo",
      crypto.randomUUID(),
      "ñ 会話 🙂",
      "x".repeat(128),
    ];
    const sql = postgres(created.url, { max: 1 });
    const rows = await sql<{ key: string }[]>`
      select conversation_key(id)::text as key
      from unnest(${ids}::text[]) with ordinality as ids (id, n) order by n`;
    await sql.end();
    expect(rows.map(({ key }) => key)).toEqual(ids.map(conversationKey));
    // Both signs occur: the first 8 bytes are a signed number.
    expect(conversationKey("a")).toBe("-3848465438864589366");
  });
});

describe("the tables", () => {
  const created = databaseForFile();
  let sql: Sql;
  beforeAll(() => {
    sql = postgres(created.url, { max: 1, onnotice: () => undefined });
  });
  afterAll(() => sql.end());

  /** What keeps tables from being distributed. */
  async function obstacles(on: Sql | TransactionSql): Promise<string[]> {
    const rows = await on<{ problem: string }[]>`
      select c.relname || ': ' || i.indexrelid::regclass || ' does not begin with the key' as problem
      from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where c.relnamespace = 'public'::regnamespace and i.indisunique
        and c.relname = any(${Object.keys(keyColumns)})
        and a.attname <> case c.relname when 'conversations' then 'key' else 'conversation_key' end
      union all
      select c.relname || '.' || a.attname || ' is numbered by a sequence'
      from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace
        and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval%')
      union all
      select c.relname || ' has rows of conversations, and no key' from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'conversation_id')
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'conversation_key')
      order by 1`;
    return rows.map(({ problem }) => problem);
  }

  it("have unique keys that begin with the conversation's, and no numbers of a sequence", async () => {
    // The key table of creators is looked in before the conversation is known: it lies with its creator.
    expect(await obstacles(sql)).toEqual([
      "conversation_keys has rows of conversations, and no key",
    ]);
  });

  it("are all placed: by conversation, by user, or everywhere", async () => {
    const rows = await sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`;
    expect(rows.map(({ name }) => name)).toEqual(
      [
        ...Object.keys(keyColumns),
        ...["conversation_keys", "timelines", "users"],
        ...["deactivations", "erasures", "compactions"],
      ].sort(),
    );
  });

  it("are found out where they could not be distributed", async () => {
    await sql
      .begin(async (tx) => {
        await tx`create unique index wrong on messages (client_id)`;
        await tx`alter table receipt_log add column n bigint generated always as identity`;
        await tx`create table pins (conversation_id text, seq int)`;
        expect(await obstacles(tx)).toEqual([
          "conversation_keys has rows of conversations, and no key",
          "messages: wrong does not begin with the key",
          "pins has rows of conversations, and no key",
          "receipt_log.n is numbered by a sequence",
        ]);
        throw new Error("undo");
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.message === "undo")) throw error;
      });
  });
});

describe("the statements", () => {
  const created = databaseForFile();
  let sql: Sql;
  beforeAll(async () => {
    sql = postgres(created.url, { max: 1, onnotice: () => undefined });
    await makePartitionedCopies(sql, "partitioned");
    await sql`set plan_cache_mode = force_custom_plan`;
    await sql`set enable_seqscan = off`;
  });
  afterAll(() => sql.end());

  /** The partitions that a statement reads or changes, by table. */
  async function touched({ text, values }: Omit<Sample, "parameters">) {
    await sql.unsafe(`prepare asked as ${text}`);
    try {
      const args = values.length > 0 ? `(${values.join(", ")})` : "";
      const [row] = await sql.unsafe<{ "QUERY PLAN": unknown }[]>(
        `explain (format json) execute asked${args}`,
      );
      return partitionsOf(row?.["QUERY PLAN"]);
    } finally {
      await sql`deallocate asked`;
    }
  }

  /** The most partitions of any table that a statement touches. */
  const mostTouched = async (sample: Omit<Sample, "parameters">) =>
    Math.max(
      0,
      ...[...(await touched(sample)).values()].map(({ size }) => size),
    );

  it.each(inOneConversation)(
    "%s touches one partition of each table",
    async (name, sample) => {
      const most = await mostTouched(sample);
      // An insert finds its partition by the key of the row, and a plan does not name it.
      const insertsOnly = /^insert(Conversation|Participants|Departure)$/.test(
        name,
      );
      expect(most).toBe(insertsOnly ? 0 : 1);
    },
  );

  it("exist for one conversation wherever they exist for many", () => {
    const forMany = [...declared].filter(
      ([, { parameters }]) => parameters["conversationKeys"] === "key[]",
    );
    expect(forMany.length).toBeGreaterThan(10);
    expect([...declared.keys()]).toEqual(
      expect.arrayContaining(forMany.map(([name]) => `${name}_one`)),
    );
  });

  it("that are about no given conversation are these, and touch every shard", async () => {
    const others = [...declared].filter(
      ([, sample]) =>
        isOfConversations(sample) &&
        !sample.parameters["conversationKey"] &&
        !sample.parameters["conversationKeys"],
    );
    expect(others.map(([name]) => name).sort()).toEqual([
      "all_conversations",
      "badges",
      "changed_after",
      "changed_of",
      "departed_from",
      "ever_in",
      "inbox",
      "last_active",
      "logged_participants",
      "mentioned_in",
      "present_in",
      "total_unread",
    ]);
    for (const [name, sample] of others)
      expect([name, await mostTouched(sample)]).toEqual([name, 8]);
  });

  it("are found out where a table's shard is not known", async () => {
    const key = `'${conversationKey("a")}'`;
    const text =
      "select from participants p join messages m on m.conversation_id = p.conversation_id where p.conversation_key = $1::int8";
    expect(await touched({ text, values: [key] })).toMatchObject(
      new Map([
        ["participants", expect.objectContaining({ size: 1 }) as unknown],
        ["messages", expect.objectContaining({ size: 8 }) as unknown],
      ]),
    );
  });

  it.each([...declared, ...membershipStatements])(
    "%s compares the key wherever it joins tables of conversations",
    (_, { text }) => {
      expect(unkeyed(text)).toEqual([]);
    },
  );

  it.each([...declared, ...membershipStatements])(
    "%s compares after each when: Citus writes `case x when y` wrongly for a shard",
    (_, { text }) => {
      expect(text).not.toMatch(/\bcase\s+(?!\s|when\b)/i);
    },
  );

  it.each([
    {
      text: "select from participants p join messages m on m.conversation_id = p.conversation_id",
      wrong: ["participants p", "messages m"],
    },
    {
      text: "select (select count(*) from messages m where m.sender_number = p.number) from participants p where p.conversation_key = $1::int8",
      wrong: ["messages m"],
    },
    {
      text: "with sent as (select 1), w as (update participants p set read = '{}' from sent where p.number = sent.number) select 1",
      wrong: ["participants p"],
    },
    {
      text: "insert into messages (conversation_id, seq) select 'a', 1",
      wrong: ["insert into messages"],
    },
    {
      text: "select from conversations c, receipt_log l where c.key = $1::int8",
      wrong: ["receipt_log l"],
    },
    {
      text: "select from participants p join messages m on m.conversation_key = p.number where p.conversation_key = $1",
      wrong: ["messages m"],
    },
    { text: "select c.id from conversations c", wrong: [] },
    {
      text: "select from participants p join conversations c on c.key = p.conversation_key where p.user_id = $1",
      wrong: [],
    },
  ])("the lint says of '$text': $wrong", ({ text, wrong }) => {
    expect(unkeyed(text)).toEqual(wrong);
  });
});

describe("the service on partitioned tables", () => {
  const created = databaseForFile();
  let rig: HubRig;
  beforeAll(async () => {
    const sql = postgres(created.url, { max: 1, onnotice: () => undefined });
    await usePartitionedCopies(sql);
    await sql.end();
    rig = await createHubRig(created.url);
  });
  afterAll(() => rig.close());

  it("answers as on plain ones, for one conversation and for many at once", async () => {
    const { services } = rig;
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => converse(services, "alice", ["bob"])),
    );
    for (const round of [1, 2])
      expect(
        await Promise.all(ids.map((id) => say(services, "alice", id))),
      ).toEqual(ids.map((conversationId) => ({ conversationId, seq: round })));
    const read = (conversationId: string, userId = "bob") =>
      services.receipts.mark(
        viewer(userId),
        "READ",
        { conversationId, seq: 2 },
        { upTo: true },
      );
    const marked = await Promise.all(ids.map((id) => read(id)));
    expect(marked.map(({ changed }) => changed)).toEqual(ids.map(() => true));

    const [id = ""] = ids;
    await services.conversations.removeParticipant(viewer("alice"), id, "bob");
    await services.conversations.add(viewer("alice"), id, ["bob", "carol"]);
    const { seq } = await say(services, "bob", id);
    expect(await read(id, "carol").catch(String)).toContain("message");
    const key = { conversationId: id, audience: everyone };
    expect(
      await Promise.all([
        services.statuses.counts({ ...key, seq: 2 }),
        services.statuses.counts({ ...key, seq }),
      ]),
    ).toMatchObject([
      { total: 1, read: 1 },
      { total: 2, read: 0 },
    ]);
    const { rows } = await services.changes.since(id, {
      version: 0,
      lastSeq: 0,
    });
    expect(rows.map(({ userId, kind }) => [userId, kind])).toEqual([
      ["bob", "READ"],
      ["bob", "LEFT"],
      ["bob", "JOINED"],
      ["carol", "JOINED"],
    ]);
    expect(await services.unread.total("alice")).toBe(1);
  });
});

describe("two ids with one key", () => {
  const created = databaseForFile();
  let rig: HubRig;
  beforeAll(async () => {
    rig = await createHubRig(created.url);
  });
  afterAll(() => rig.close());

  it("R18: are not taken for each other, and the second can't be made", async () => {
    const { services } = rig;
    const id = await converse(services, "alice", ["bob"]);
    const elsewhere = await converse(services, "alice", ["bob"]);
    // No two such ids are known: the row of one gets the key of the other.
    const sql = postgres(created.url, { max: 1 });
    const twin = "twin";
    const key = conversationKey(twin);
    await say(services, "alice", id);
    await sql.begin(async (tx) => {
      await tx`alter table participants drop constraint participants_conversation_key_conversations_key_fk`;
      await tx`alter table messages drop constraint messages_conversation_key_conversations_key_fk`;
      for (const [table, column] of Object.entries(keyColumns))
        await tx`
          update ${tx(table)} set ${tx(column)} = ${key}::int8
          where ${tx(column)} = ${conversationKey(id)}::int8`;
    });
    await sql.end();

    const asked = { conversationId: twin, seq: 1 };
    const draft = {
      ...{ conversationId: twin, clientId: "1", body: "hi", type: "text" },
      ...{ fileType: null, senderId: null },
    };
    const mark = (conversationId: string) =>
      services.receipts
        .mark(viewer("bob"), "READ", { conversationId, seq: 1 }, { upTo: true })
        .catch(String);
    expect(
      await services.conversations.mayView(viewer("bob"), twin),
    ).toBeNull();
    expect(await services.conversations.viewed(viewer("bob"), twin)).toBeNull();
    expect(
      await services.conversations.participant({
        conversationId: twin,
        userId: "bob",
      }),
    ).toBeNull();
    expect(
      await services.conversations.participantsPage(twin, "", 10, null),
    ).toMatchObject({ totalCount: 0 });
    await expect(services.messages.get(asked)).rejects.toThrow("message");
    await expect(
      services.messages.send(viewer("alice"), draft),
    ).rejects.toThrow("conversation");
    await expect(
      services.changes.since(twin, { version: 0, lastSeq: 0 }),
    ).rejects.toThrow("conversation");
    // Alone, and in a batch with another conversation.
    expect(await mark(twin)).toContain("message");
    await say(services, "alice", elsewhere);
    expect(await Promise.all([twin, elsewhere].map(mark))).toMatchObject([
      expect.stringContaining("message"),
      { changed: true },
    ]);
    await expect(
      services.conversations.create(viewer("alice"), {
        ...{ id: twin, title: null, participantIds: ["bob"] },
      }),
    ).rejects.toMatchObject({ code: "CONFLICT" });
  });
});
