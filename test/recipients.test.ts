import { describe, expect, it } from "vitest";
import { codeOf } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

const names = (people: readonly { name: string }[]) =>
  people.map(({ name }) => name);

describe("R1: a message's recipients are those in the conversation now who were in it when it was sent", () => {
  it("R1: they are everyone in it but the sender, by user id", async () => {
    await chat.conversation("alice", "carol", "bob", "dave");
    const message = await chat.say("alice");
    expect(names(await chat.recipients("alice", message))).toEqual([
      "bob",
      "carol",
      "dave",
    ]);
    expect(await chat.counts("alice", message)).toMatchObject({
      totalRecipients: 3,
    });
  });

  it("R1: every participant is told of the same ones", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("bob");
    for (const viewer of ["alice", "bob", "carol"])
      expect(names(await chat.recipients(viewer, message))).toEqual([
        "alice",
        "carol",
      ]);
  });

  it("R1: who joins later is no recipient of older messages", async () => {
    await chat.conversation("alice", "bob");
    const older = await chat.say("alice");
    await chat.add("alice", "carol");
    const newer = await chat.say("alice");
    expect(names(await chat.recipients("alice", older))).toEqual(["bob"]);
    expect(names(await chat.recipients("alice", newer))).toEqual([
      "bob",
      "carol",
    ]);
  });

  it("R1: 'Read by all' does not regress because somebody joined", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.read("carol", message);
    const before = await chat.counts("alice", message);
    await chat.add("alice", "dave");
    expect(before.summaryText).toBe("Read by all");
    expect(await chat.counts("alice", message)).toEqual(before);
  });

  it("R1: who leaves stops counting at once, read or not", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.leave("bob");
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "SENT",
      totalRecipients: 2,
      deliveredCount: 0,
      readCount: 0,
      summaryText: "Sent",
    });
    expect(names(await chat.recipients("alice", message))).toEqual([
      "carol",
      "dave",
    ]);
  });

  it("R1: the last one who had not read it leaves, and it is read by all", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.read("carol", message);
    await chat.leave("dave");
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "READ",
      totalRecipients: 2,
      deliveredCount: 2,
      readCount: 2,
      summaryText: "Read by all",
    });
  });

  it("R1: subscribers are told when a leaving completes a message", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.read("carol", message);
    const events = chat.watch("alice", await chat.cursor("alice"));
    await chat.leave("dave");
    const { data } = await events.next();
    expect(data?.messageStatusChanged).toMatchObject({
      receipts: [],
      messageCount: 1,
      reset: false,
      messages: [
        {
          id: message.id,
          status: { overallStatus: "READ", summaryText: "Read by all" },
        },
      ],
    });
    events.stop();
  });

  it("R1: someone removed by the owner stops counting like someone who left", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("bob");
    await chat.read("alice", message);
    await chat.remove("alice", "carol");
    expect(await chat.counts("bob", message)).toMatchObject({
      totalRecipients: 1,
      overallStatus: "READ",
      summaryText: "Read",
    });
  });
});

describe("R2: who comes back has what was sent in either stay", () => {
  it("R2: is a recipient of both stays' messages and of nothing sent in between", async () => {
    await chat.conversation("alice", "bob", "carol");
    const first = await chat.say("alice", "in the first stay");
    await chat.leave("bob");
    const between = await chat.say("alice", "in between");
    await chat.add("alice", "bob");
    const second = await chat.say("alice", "in the second stay");
    expect(names(await chat.recipients("alice", first))).toContain("bob");
    expect(names(await chat.recipients("alice", between))).toEqual(["carol"]);
    expect(names(await chat.recipients("alice", second))).toContain("bob");
    expect(await chat.hears("bob")).toEqual([
      "in the first stay",
      "in the second stay",
    ]);
  });

  it("R2: what was read in the first stay is still read, at the same time", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const before = await chat.recipient("alice", message, "bob");
    await chat.leave("bob");
    await chat.add("alice", "bob");
    expect(await chat.recipient("alice", message, "bob")).toEqual(before);
  });

  it("R2: what was unread in the first stay can be read in the second, and the gap never counts", async () => {
    await chat.conversation("alice", "bob");
    await chat.sayMany("alice", 3);
    await chat.leave("bob");
    await chat.sayMany("alice", 4);
    await chat.add("alice", "bob");
    const newest = await chat.say("alice");
    expect(await chat.unread("bob")).toBe(4);
    await chat.readUpTo("bob", newest);
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R2: a message in between can't be marked by who was away", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.leave("bob");
    const between = await chat.say("alice");
    await chat.add("alice", "bob");
    expect(await chat.refusalsOfMarks("bob", between)).toEqual(
      Array(4).fill("NOT_FOUND"),
    );
    expect(await chat.counts("alice", between)).toMatchObject({
      overallStatus: "SENT",
      totalRecipients: 1,
    });
  });

  it("R2: somebody who comes back makes 'Read by all' of the first stay depend on them again", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("carol", message);
    await chat.leave("bob");
    expect((await chat.counts("alice", message)).summaryText).toBe("Read");
    await chat.add("alice", "bob");
    expect((await chat.counts("alice", message)).summaryText).toBe(
      "Read by 1 of 2",
    );
  });

  it("R2: three stays are three runs of messages", async () => {
    await chat.conversation("alice", "bob");
    for (const stay of ["first", "second", "third"]) {
      await chat.say("alice", stay);
      await chat.leave("bob");
      await chat.say("alice", `after the ${stay}`);
      await chat.add("alice", "bob");
    }
    expect(await chat.hears("bob")).toEqual(["first", "second", "third"]);
    expect(await chat.unread("bob")).toBe(3);
  });
});

describe("R3: a participant sees what was sent while they were in, and no other message", () => {
  it("R3: who joins later does not see what was said before", async () => {
    await chat.conversation("alice", "bob");
    const older = await chat.say("alice", "before");
    await chat.add("alice", "carol");
    await chat.say("alice", "after");
    expect(await chat.hears("carol")).toEqual(["after"]);
    const { message } = await chat.get<{ message: unknown }>(
      "carol",
      "query ($id: ID!) { message(id: $id) { body } }",
      { id: older.id },
    );
    expect(message).toBeNull();
    expect(await chat.unread("carol")).toBe(1);
  });

  it("R3: who joins later can't mark what was said before", async () => {
    await chat.conversation("alice", "bob");
    const older = await chat.say("alice");
    await chat.add("alice", "carol");
    expect(await chat.refusalsOfMarks("carol", older)).toEqual(
      Array(4).fill("NOT_FOUND"),
    );
  });

  it("R3: the last message is the last one they may see", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice", "seen");
    await chat.leave("bob");
    await chat.say("alice", "unseen");
    await chat.add("alice", "bob");
    const { conversation } = await chat.get<{
      conversation: { lastMessage: { body: string } };
    }>(
      "bob",
      "query ($id: ID!) { conversation(id: $id) { lastMessage { body } } }",
      { id: chat.conversationId },
    );
    expect(conversation.lastMessage.body).toBe("seen");
  });

  it("R3: pages of messages leave out what was not for them, without gaps in paging", async () => {
    await chat.conversation("alice", "bob");
    await chat.sayMany("alice", 3);
    await chat.leave("bob");
    await chat.sayMany("alice", 3);
    await chat.add("alice", "bob");
    await chat.sayMany("alice", 3);
    const document = `query ($id: ID!, $after: Cursor) {
      conversation(id: $id) {
        messages(first: 2, after: $after) { nodes { seq } pageInfo { hasNextPage endCursor } }
      }
    }`;
    interface Page {
      conversation: {
        messages: {
          nodes: { seq: number }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    }
    const seqs: number[] = [];
    let after: string | null = null;
    let hasNextPage = true;
    while (hasNextPage) {
      const { conversation }: Page = await chat.get<Page>("bob", document, {
        id: chat.conversationId,
        after,
      });
      seqs.push(...conversation.messages.nodes.map(({ seq }) => seq));
      after = conversation.messages.pageInfo.endCursor;
      hasNextPage = conversation.messages.pageInfo.hasNextPage;
    }
    expect(seqs).toEqual([1, 2, 3, 7, 8, 9]);
  });

  it("R3: after leaving they see nothing of the conversation", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.leave("bob");
    const seen = await chat.get(
      "bob",
      `query ($conversation: ID!, $message: ID!) {
        conversation(id: $conversation) { title }
        message(id: $message) { body }
        conversations { nodes { id } }
        viewer { unreadCount }
      }`,
      { conversation: chat.conversationId, message: message.id },
    );
    expect(seen).toEqual({
      conversation: null,
      message: null,
      conversations: { nodes: [] },
      viewer: { unreadCount: 0 },
    });
  });

  it("R3: after leaving they can mark nothing, and what they ask for leaves no trace", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.leave("bob");
    expect(await chat.refusalsOfMarks("bob", message)).toEqual(
      Array(4).fill("NOT_FOUND"),
    );
    await chat.add("alice", "bob");
    expect((await chat.recipient("alice", message, "bob")).state).toBe(
      "PENDING",
    );
  });

  it("R3: after leaving they can say nothing, nor let anyone in or out", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.leave("bob");
    expect(codeOf(await chat.trySend("bob"))).toBe("NOT_FOUND");
    expect(codeOf(await chat.tryToRemove("bob", "carol"))).toBe("NOT_FOUND");
    await expect(chat.add("bob", "dave")).rejects.toThrow("NOT_FOUND");
    expect(names(await chat.participants("alice"))).toEqual(["alice", "carol"]);
  });

  it("R3: after leaving, their own message is not theirs to see, delete or send again", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await chat.send("bob", { clientId: "b1", body: "hi" });
    await chat.leave("bob");
    expect(
      codeOf(await chat.trySend("bob", { clientId: "b1", body: "hi" })),
    ).toBe("NOT_FOUND");
    await expect(chat.delete("bob", message)).rejects.toThrow("NOT_FOUND");
    expect(await chat.hears("alice")).toEqual(["hi"]);
  });
});

describe("R5: a message with no recipients", () => {
  it("R5: stays SENT with no recipients when it is said to nobody", async () => {
    await chat.conversation("alice");
    const message = await chat.say("alice");
    await chat.read("alice", message);
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "SENT",
      totalRecipients: 0,
      deliveredCount: 0,
      readCount: 0,
      summaryText: "Sent",
    });
    expect(await chat.recipients("alice", message)).toEqual([]);
  });

  it("R5: goes back to SENT when its only recipient leaves", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.leave("bob");
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "SENT",
      totalRecipients: 0,
      deliveredCount: 0,
      readCount: 0,
      summaryText: "Sent",
    });
  });

  it("R5: who joins after it is no recipient of it either", async () => {
    await chat.conversation("alice");
    const message = await chat.say("alice");
    await chat.add("alice", "bob");
    expect(await chat.counts("alice", message)).toMatchObject({
      overallStatus: "SENT",
      totalRecipients: 0,
    });
  });
});
