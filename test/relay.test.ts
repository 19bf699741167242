import { execFile } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import {
  createOperationDescriptor,
  fetchQuery,
  getPaginationVariables,
  getRefetchMetadata,
  getSelector,
  requestSubscription,
  type ConcreteRequest,
  type Environment,
  type ReaderFragment,
} from "relay-runtime";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { waitFor } from "./support/wait.js";

// The guide for Relay, compiled by relay-compiler and run by relay-runtime.

const server = serverForFile();
const chat = chatForEachTest(server);

let folder = "";
/** What an app has of the guide, once it is compiled and bundled. */
interface App {
  createEnvironment(url: string, token: () => Promise<string>): Environment;
  readonly query: ConcreteRequest;
  readonly room: ReaderFragment;
  readonly page: ConcreteRequest;
  readonly statusChanges: ConcreteRequest;
}
let app: App;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "acked-relay-"));
  const guide = await readFile("docs/guides/relay.md", "utf8");
  for (const [, path = "", text = ""] of guide.matchAll(
    /^```\w+ file=(\S+)\n(.*?)^```$/gms,
  )) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, "artifacts"));
  await mkdir(join(folder, "node_modules/@acked/client"), { recursive: true });
  for (const name of ["graphql-sse", "relay-runtime", "graphql"])
    await symlink(
      resolve("node_modules", name),
      join(folder, "node_modules", name),
    );
  await symlink(
    resolve("schema.graphql"),
    join(folder, "node_modules/@acked/client/schema.graphql"),
  );
  const { stdout } = await promisify(execFile)(
    resolve("node_modules/.bin/relay-compiler"),
    ["relay.config.json"],
    { cwd: folder },
  );
  expect(stdout).not.toMatch(/error|warn/i);
  const entry = [
    `export { createEnvironment } from "./src/environment.js";`,
    `export { default as query } from "./artifacts/RoomQuery.graphql";`,
    `export { default as room } from "./artifacts/Room_conversation.graphql";`,
    `export { default as page } from "./artifacts/RoomPageQuery.graphql";`,
    `export { default as statusChanges } from "./artifacts/RoomStatusSubscription.graphql";`,
  ];
  const outfile = join(folder, "app.cjs");
  await build({
    stdin: { contents: entry.join("\n"), resolveDir: folder },
    ...{ bundle: true, packages: "external", format: "cjs", outfile },
  });
  app = createRequire(outfile)(outfile) as App;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the fragment of a conversation holds. */
interface Room {
  readonly messages: {
    readonly edges: readonly {
      readonly node: {
        readonly seq: number;
        readonly status: { readonly summaryText: string };
      };
    }[];
  };
}

it("pages back to the first message, and ticks move, without a warning", async () => {
  const complaints = [
    vi.spyOn(console, "error").mockReturnValue(undefined),
    vi.spyOn(console, "warn").mockReturnValue(undefined),
  ];
  await chat.conversation("alice", "bob");
  const messages = await chat.sayMany("alice", 50);
  const id = chat.conversationId;
  const environment = app.createEnvironment(server.url, () =>
    server.token(chat.id("alice")),
  );
  await fetchQuery(environment, app.query, { id }).toPromise();
  const operation = createOperationDescriptor(app.query, { id });
  const kept = environment.retain(operation);
  const { data } = environment.lookup(operation.fragment);
  const { conversation } = data as {
    conversation: { cursor: string; id: string };
  };
  const selector = getSelector(app.room, conversation);
  if (selector.kind !== "SingularReaderSelector")
    throw new Error("no conversation was read");
  const shown = () =>
    (environment.lookup(selector).data as unknown as Room).messages.edges;
  const seqs = () => shown().map(({ node }) => node.seq);
  expect(seqs()).toEqual(Array.from({ length: 20 }, (_, i) => i + 31));

  // As `loadPrevious` of usePaginationFragment does it.
  const { identifierInfo } = getRefetchMetadata(app.room, "loadPrevious");
  expect(identifierInfo?.identifierField).toBe("id");
  const connection = app.room.metadata?.refetch?.connection;
  if (!connection) throw new Error("the fragment has no connection");
  for (let pages = 0; pages < 2; pages++) {
    const { pageInfo } = (
      environment.lookup(selector).data as unknown as {
        messages: { pageInfo: { startCursor: string } };
      }
    ).messages;
    const variables = getPaginationVariables(
      "backward",
      20,
      pageInfo.startCursor,
      { id },
      {},
      connection,
    );
    await fetchQuery(environment, app.page, variables).toPromise();
  }
  expect(seqs()).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));

  const following = requestSubscription(environment, {
    subscription: app.statusChanges,
    variables: { id, after: conversation.cursor },
  });
  const [first] = messages;
  if (!first) throw new Error("nothing was said");
  await chat.read("bob", first);
  const summaries = () => shown().map(({ node }) => node.status.summaryText);
  await waitFor(() => expect(summaries()[0]).toBe("Read"));
  expect(summaries().slice(1)).toEqual(
    Array.from({ length: 49 }, () => "Sent"),
  );
  following.dispose();
  kept.dispose();
  for (const complaint of complaints) {
    expect(complaint.mock.calls).toEqual([]);
    complaint.mockRestore();
  }
});
