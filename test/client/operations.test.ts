import { execFile } from "node:child_process";
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  buildSchema,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  separateOperations,
  validate,
  type DocumentNode,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as operations from "../../packages/client/src/generated/operations.js";

const run = promisify(execFile);
const bin = (name: string) => resolve("node_modules/.bin", name);

/** A frontend's project, as its own folder with `@acked/client` installed. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "acked-frontend-"));
  const modules = join(project, "node_modules");
  await mkdir(modules);
  for (const name of await readdir("node_modules"))
    if (!name.startsWith(".") && name !== "@acked")
      await symlink(resolve("node_modules", name), join(modules, name));
  // What npm would pack, built.
  const client = join(modules, "@acked/client");
  await mkdir(client, { recursive: true });
  await cp("packages/client/package.json", join(client, "package.json"));
  await cp("schema.graphql", join(client, "schema.graphql"));
  await symlink(resolve("node_modules"), join(client, "node_modules"));
  await run(bin("tsc"), [
    ...["-p", "packages/client"],
    ...["--outDir", join(client, "dist")],
  ]);
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
}

/** What the compiler says of the project; empty where it is content. */
async function typeCheck(): Promise<string> {
  return run(bin("tsc"), ["-p", "."], { cwd: project }).then(
    () => "",
    (error: unknown) =>
      typeof error === "object" && error !== null && "stdout" in error
        ? String(error.stdout)
        : String(error),
  );
}

const tsconfig = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "esnext",
    moduleResolution: "bundler",
    skipLibCheck: true,
    types: [],
  },
  include: ["src"],
});

describe("the schema in one file", () => {
  it("is the schema that the server serves", async () => {
    const parts = await Promise.all(
      (await readdir("schema")).map((name) =>
        readFile(`schema/${name}`, "utf8"),
      ),
    );
    const sorted = (sdl: string) =>
      printSchema(lexicographicSortSchema(buildSchema(sdl)));
    expect(sorted(await readFile("schema.graphql", "utf8"))).toBe(
      sorted(parts.join("\n")),
    );
  });

  it("is what a frontend's own codegen runs against, and its project type-checks", async () => {
    await write({
      "package.json":
        '{ "name": "frontend", "private": true, "type": "module" }',
      "tsconfig.json": tsconfig,
      "codegen.json": JSON.stringify({
        schema: "node_modules/@acked/client/schema.graphql",
        documents: "src/*.ts",
        generates: {
          "src/gql/": {
            preset: "client",
            config: {
              useTypeImports: true,
              enumsAsTypes: true,
              scalars: { DateTime: "string", Cursor: "string" },
            },
          },
        },
      }),
      "src/ticks.ts": `
        import { ApolloClient } from "@apollo/client";
        import { graphql } from "./gql";

        const Ticks = graphql(\`
          query Ticks($id: ID!) {
            conversation(id: $id) {
              messages(last: 20) { nodes { id sentAt status { overallStatus summaryText } } }
            }
          }
        \`);

        export async function ticks(client: ApolloClient, id: string): Promise<string[]> {
          const { data } = await client.query({ query: Ticks, variables: { id } });
          return data?.conversation?.messages.nodes.map(({ status }) => status.summaryText) ?? [];
        }

        export function wrong(client: ApolloClient) {
          // @ts-expect-error an id is needed
          return client.query({ query: Ticks, variables: {} });
        }`,
    });
    await run(bin("graphql-codegen"), ["--config", "codegen.json"], {
      cwd: project,
    });
    expect(await typeCheck()).toBe("");
  }, 120_000);
});

describe("@acked/client/operations and @acked/client, as packed", () => {
  it("type-check together in a frontend on Apollo Client and urql, with no codegen at all", async () => {
    await write({
      "tsconfig.json": tsconfig,
      "src/ticks.ts": "",
      "src/app.ts": `
        import { ApolloClient, gql } from "@apollo/client";
        import { Client } from "@urql/core";
        import { createOutbox, createReceiptQueue, createSeenObserver, sendByApollo, sendByUrql } from "@acked/client";
        import { ConversationDocument, SendMessageDocument, SyncReceiptsDocument, type OverallStatus } from "@acked/client/operations";

        export function onApollo(client: ApolloClient, userId: string) {
          const receipts = createReceiptQueue({ userId, send: sendByApollo(client, SyncReceiptsDocument) });
          const outbox = createOutbox({ userId, send: sendByApollo(client, SendMessageDocument) });
          const item = outbox.send({ conversationId: "c", body: "hi" });
          const sentAt: string | null = item.state === "sent" ? item.message.sentAt : null;
          return { receipts, seen: createSeenObserver({ queue: receipts }), sentAt };
        }

        export function onUrql(client: Client, userId: string) {
          const receipts = createReceiptQueue({ userId, send: sendByUrql(client, SyncReceiptsDocument) });
          const outbox = createOutbox({ userId, send: sendByUrql(client, SendMessageDocument) });
          // @ts-expect-error the wrong mutation
          createReceiptQueue({ userId, send: sendByUrql(client, SendMessageDocument) });
          return { receipts, outbox };
        }

        export function onUntyped(client: ApolloClient, userId: string) {
          return createReceiptQueue({
            userId,
            async send(variables) {
              const { data } = await client.mutate<{ syncReceipts: { results: { error: null }[] } }>({
                mutation: gql\`mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { results { error } } }\`,
                variables: { ...variables },
              });
              if (!data) throw new Error("no data");
              return data.syncReceipts;
            },
          });
        }

        export async function firstStatus(client: ApolloClient): Promise<OverallStatus | undefined> {
          const { data } = await client.query({ query: ConversationDocument, variables: { id: "c" } });
          // @ts-expect-error no such field
          data?.conversation?.nothing;
          return data?.conversation?.messages.nodes[0]?.status.overallStatus;
        }`,
    });
    expect(await typeCheck()).toBe("");
  }, 120_000);
});

describe("@acked/client/operations", () => {
  it("are the operations of the `.graphql` files, word for word", async () => {
    const folder = "packages/client/operations";
    const texts = await Promise.all(
      (await readdir(folder)).map((name) =>
        readFile(join(folder, name), "utf8"),
      ),
    );
    const written = Object.entries(separateOperations(parse(texts.join("\n"))));
    const words = ({ definitions }: DocumentNode) =>
      definitions.map(print).sort();
    expect(
      Object.entries(operations).map(([name, document]) => [
        name,
        words(document),
      ]),
    ).toEqual(
      written
        .map(([name, document]) => [`${name}Document`, words(document)])
        .sort(),
    );
  });

  it("are valid, and name everything common", async () => {
    const schema = buildSchema(await readFile("schema.graphql", "utf8"));
    const documents = Object.entries(operations).filter(([name]) =>
      name.endsWith("Document"),
    );
    for (const [, document] of documents)
      expect(validate(schema, document)).toEqual([]);
    const fields = new Set(
      documents.flatMap(([, { definitions }]) =>
        definitions.flatMap((definition) =>
          definition.kind === Kind.OPERATION_DEFINITION
            ? definition.selectionSet.selections.flatMap((selection) =>
                selection.kind === Kind.FIELD ? selection.name.value : [],
              )
            : [],
        ),
      ),
    );
    const all = [
      schema.getQueryType(),
      schema.getMutationType(),
      schema.getSubscriptionType(),
    ]
      .flatMap((type) => Object.keys(type?.getFields() ?? {}))
      // Relay's compiler writes the operations with these by itself.
      .filter((name) => !name.startsWith("fetch__"));
    expect([...fields].sort()).toEqual(all.sort());
  });
});
