import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { Acked } from "../../packages/client/src/kit/acked.js";
import {
  chatForEachTest,
  cleanupsAfterEachTest,
  serverForFile,
} from "../support/for-file.js";
import { waitFor } from "../support/wait.js";
import { blocksOf } from "./support/guides/blocks.js";
import { createGuideProject } from "./support/guides/project.js";

const server = serverForFile();
const chat = chatForEachTest(server);
const cleanups = cleanupsAfterEachTest();

/** The back end of the app, which answers with a token, and the socket that Node 20 lacks. */
beforeEach(() => {
  const { fetch } = globalThis;
  vi.stubGlobal("WebSocket", WebSocket);
  vi.stubGlobal("fetch", async (...asked: Parameters<typeof fetch>) =>
    asked[0] === "/acked-token"
      ? Response.json({
          token: await server.token(chat.id("alice")),
          expiresAtMs: Date.now() + 3_600_000,
        })
      : fetch(...asked),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("README.md", () => {
  it.each(["apollo", "urql"])(
    "its client for %s type-checks, sends and follows; only its address and user are others",
    async (library) => {
      const conversationId = await chat.conversation("alice", "bob");
      const readme = blocksOf("README.md", await readFile("README.md", "utf8"));
      const blocks = readme
        .filter(({ text }) => text.includes(`"@acked/client/${library}"`))
        .map((block) => ({
          ...block,
          file: "src/readme.ts",
          text: block.text
            .replace("http://127.0.0.1:4000/graphql", server.url)
            .replace('"alice"', JSON.stringify(chat.id("alice"))),
        }));
      expect(blocks).toHaveLength(1);
      const project = await createGuideProject(blocks);
      cleanups.push(() => project.remove());
      expect(await project.typeCheck()).toBe("");

      const { acked } = await project.load<{ acked: Acked }>("readme.ts");
      cleanups.push(() => acked.close());
      acked.start();
      acked.outbox.send({ conversationId, body: "hi" });
      await waitFor(async () =>
        expect(await chat.messages("bob")).toMatchObject([{ body: "hi" }]),
      );
      const reply = await chat.say("bob");
      await waitFor(async () =>
        expect(await chat.recipient("bob", reply, "alice")).toMatchObject({
          state: "DELIVERED",
        }),
      );
    },
    60_000,
  );
});
