import { describe, expect, it } from "vitest";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

/** The owners among the present participants, as someone sees them. */
async function owners(viewer: string): Promise<string[]> {
  return (await chat.participants(viewer))
    .filter(({ role }) => role === "OWNER")
    .map(({ name }) => name);
}

describe("R58: a conversation with anybody in it has an owner", () => {
  it("who was removed and is added again is a member", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.leave("alice");
    await chat.add("carol", "alice");
    expect(await owners("alice")).toEqual(["bob"]);
    await chat.remove("bob", "alice");
    await chat.add("carol", "alice");
    expect((await chat.participant("bob", "alice")).role).toBe("MEMBER");
  });

  it("where the last owner leaves, the participant who was there longest is the next one", async () => {
    await chat.conversation("zoe", "yann", "alice");
    // Yann comes back, and has been there for less time than Alice then.
    await chat.leave("yann");
    await chat.add("alice", "yann", "bob");
    await chat.leave("zoe");
    expect(await owners("bob")).toEqual(["alice"]);
    expect(await chat.tryToRemove("alice", "bob")).not.toHaveProperty("errors");
    await chat.leave("alice");
    expect(await owners("yann")).toEqual(["yann"]);
  });

  it("where a member leaves, nothing about the owner changes", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.leave("bob");
    expect(await owners("carol")).toEqual(["alice"]);
  });

  it("who comes first into a conversation that all have left is its owner", async () => {
    const id = await chat.conversation("alice", "bob");
    await chat.leave("alice");
    await chat.leave("bob");
    await chat.askAsService(
      `mutation ($input: AddParticipantsInput!) {
        addParticipants(input: $input) { added { id } }
      }`,
      { input: { conversationId: id, userIds: [chat.id("carol")] } },
    );
    expect(await owners("carol")).toEqual(["carol"]);
  });
});
