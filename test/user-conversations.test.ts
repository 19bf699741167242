import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config/config.js";
import { Chat, codeOf, dataOf } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import type { Answer, TestServer } from "./support/server.js";

// R55: who may bring people together, and what an id of one's own choice tells.

const document = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) {
    conversation { id title participants { nodes { user { id } role } } }
  }
}`;

interface Created {
  readonly createConversation: {
    readonly conversation: {
      readonly id: string;
      readonly title: string | null;
      readonly participants: {
        readonly nodes: readonly { readonly role: string }[];
      };
    };
  };
}

const idOf = (answer: Answer<Created>) =>
  dataOf(answer).createConversation.conversation.id;

const addition = `mutation ($input: AddParticipantsInput!) {
  addParticipants(input: $input) { added { user { id } } }
}`;

describe("R55: where USER_CONVERSATIONS is closed", () => {
  const server = serverForFile({ USER_CONVERSATIONS: "closed" });
  const chat = chatForEachTest(server);

  /** The host app makes a conversation of Alice, who owns it, Bob and Carol. */
  async function conversation(): Promise<void> {
    const participantIds = ["alice", "bob", "carol"].map((name) =>
      chat.id(name),
    );
    chat.conversationId = idOf(
      await chat.askAsService<Created>(document, { input: { participantIds } }),
    );
  }

  const add = (by: string, conversationId: string) =>
    chat.ask(by, addition, {
      input: { conversationId, userIds: [chat.id("dave")] },
    });

  it("R55: users make no conversations, whatever they say of them", async () => {
    for (const input of [
      { participantIds: [chat.id("bob")] },
      { participantIds: [], id: randomUUID() },
      { participantIds: [chat.id("bob")], clientId: randomUUID() },
      { participantIds: [""] },
    ])
      expect(codeOf(await chat.ask("alice", document, { input }))).toBe(
        "FORBIDDEN",
      );
  });

  it("R55: an id that is taken and one that is not are refused alike", async () => {
    await conversation();
    const refusal = (id: string) =>
      chat.ask("eve", document, {
        input: { id, participantIds: [chat.id("bob")] },
      });
    expect(await refusal(chat.conversationId)).toEqual(
      await refusal(randomUUID()),
    );
  });

  it("R55: users add nobody and remove nobody, the owner neither; strangers are told of no conversation", async () => {
    await conversation();
    for (const name of ["alice", "bob"])
      expect(codeOf(await add(name, chat.conversationId))).toBe("FORBIDDEN");
    expect(codeOf(await chat.tryToRemove("alice", "bob"))).toBe("FORBIDDEN");
    expect(await add("eve", chat.conversationId)).toEqual(
      await add("eve", randomUUID()),
    );
    expect(codeOf(await chat.tryToRemove("eve", "bob"))).toBe("NOT_FOUND");
    expect(await chat.participants("alice")).toHaveLength(3);
  });

  it("R55: users may leave, and come back by the host app alone", async () => {
    await conversation();
    await chat.leave("bob");
    expect(codeOf(await add("alice", chat.conversationId))).toBe("FORBIDDEN");
    const input = {
      conversationId: chat.conversationId,
      userIds: [chat.id("bob")],
    };
    dataOf(await chat.askAsService(addition, { input }));
    expect(await chat.participants("alice")).toHaveLength(3);
  });

  it("R55: everything else goes on", async () => {
    await conversation();
    const message = await chat.say("alice");
    await chat.read("bob", message);
    expect((await chat.counts("alice", message)).readCount).toBe(1);
  });
});

describe("R55: where nothing is said", () => {
  const secret = { AUTH_JWT_SECRET: "x".repeat(32) };

  it.each([
    [{}, "open"],
    [{ NODE_ENV: "production" }, "closed"],
    [{ NODE_ENV: "production", USER_CONVERSATIONS: "open" }, "open"],
    [{ USER_CONVERSATIONS: "closed" }, "closed"],
  ])("R55: with %j users' conversations are %s", (env, expected) => {
    expect(readConfig({ ...secret, ...env }).userConversations).toBe(expected);
  });

  it("R55: another word is refused by name", () => {
    expect(() => readConfig({ USER_CONVERSATIONS: "no" })).toThrow(
      "USER_CONVERSATIONS must be open or closed",
    );
  });
});

describe("R55: an id that a user took first", () => {
  const server: TestServer = serverForFile();
  const chat = chatForEachTest(server);

  it("is CONFLICT for the host app's own call: that user's conversation is not handed to it", async () => {
    const id = `case-${randomUUID()}`;
    const [eve, alice] = [chat.id("eve"), chat.id("alice")];
    const taken = { id, title: "pwned", participantIds: [alice] };
    expect(
      idOf(await chat.ask<Created>("eve", document, { input: taken })),
    ).toBe(id);
    for (const participantIds of [
      [alice, eve],
      [eve, alice],
    ])
      expect(
        codeOf(
          await chat.askAsService(document, { input: { id, participantIds } }),
        ),
      ).toBe("CONFLICT");
  });

  it("stays that user's, and a repeat of the same call finds it", async () => {
    const input = { id: randomUUID(), participantIds: [chat.id("bob")] };
    const make = () => chat.ask<Created>("alice", document, { input });
    expect(idOf(await make())).toBe(input.id);
    expect(idOf(await make())).toBe(input.id);
  });

  it("R18: an id of the host app's conversation is found again by its participants and by the host app", async () => {
    const id = randomUUID();
    const participantIds = [chat.id("alice"), chat.id("bob")];
    const byHost = () =>
      chat.askAsService<Created>(document, { input: { id, participantIds } });
    expect(idOf(await byHost())).toBe(id);
    expect(idOf(await byHost())).toBe(id);
    const input = { id, participantIds: [chat.id("bob")] };
    expect(idOf(await chat.ask<Created>("alice", document, { input }))).toBe(
      id,
    );
    expect(codeOf(await new Chat(server).ask("eve", document, { input }))).toBe(
      "CONFLICT",
    );
  });
});
