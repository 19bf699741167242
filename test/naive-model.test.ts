import { beforeEach, describe, expect, it } from "vitest";
import { NaiveModel, type Answer, type Extras } from "./support/naive-model.js";

// The oracle of the property test, checked by hand against the rules it was written from.

let model: NaiveModel;

/** The value of an answer that must not be an error. */
function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`refused: ${answer.code}`);
  return answer.value;
}

/** The error code of an answer that must be one. */
function code(answer: Answer<unknown>): string {
  if (answer.ok) throw new Error("answered, where an error was expected");
  return answer.code;
}

/** Sends with a new clientId; gives back the message's id, `A1`, `A2`, … */
function send(by: string, conversationId = "A"): string {
  const clientId = `c${String(model.messages().length)}`;
  return value(model.sendMessage(by, conversationId, clientId, "hello")).message
    .id;
}

function status(viewer: string, messageId: string) {
  const message = model.visibleMessage(viewer, messageId);
  if (!message) throw new Error(`${viewer} cannot see ${messageId}`);
  return model.statusFor(viewer, message);
}

function summary(viewer: string, messageId: string): string {
  return status(viewer, messageId).summaryText;
}

function recipient(viewer: string, messageId: string, userId: string) {
  return status(viewer, messageId).recipients.find(
    (seen) => seen.userId === userId,
  );
}

function participant(viewer: string, userId: string) {
  return model
    .participantsFor(viewer, "A")
    .find((seen) => seen.userId === userId);
}

function seqs(viewer: string): number[] {
  return model.visibleMessages(viewer, "A").map(({ seq }) => seq);
}

// Conversation A: ann made it, bob and cat are in it, dan is not.
beforeEach(() => {
  model = new NaiveModel();
  value(model.createConversation("ann", "A", ["bob", "cat"]));
});

describe("observers and policies", () => {
  it("R39: an observer counts for nobody, and their marks stay theirs", () => {
    const id = send("ann");
    value(model.setParticipation("ann", "A", "cat", "OBSERVER"));
    value(model.markRead("cat", id));
    expect(status("ann", id)).toMatchObject({ totalRecipients: 1 });
    expect(model.unreadCount("cat", "A")).toBe(0);
    value(model.setParticipation("ann", "A", "cat", "RECIPIENT"));
    expect(recipient("ann", id, "cat")?.state).toBe("PENDING");
    expect(recipient("cat", id, "cat")?.state).toBe("READ");
  });

  it("R42, R43: shows what the policy leaves, and nothing of a count that is a name", () => {
    value(model.setPolicy("ann", "A", "COUNTS"));
    const thin = send("ann");
    value(model.addParticipants("ann", "A", ["dan"]));
    const counted = send("ann");
    value(model.setPolicy("ann", "A", "OFF"));
    const silent = send("ann");
    value(model.bulkMarkRead("bob", "A", silent));
    expect([thin, counted, silent].map((id) => summary("ann", id))).toEqual([
      ...["Sent", "Read by 1 of 3", "Sent"],
    ]);
    expect([thin, counted, silent].map((id) => summary("bob", id))).toEqual([
      ...["Read", "Read by 1 of 3", "Read"],
    ]);
    expect(recipient("ann", counted, "bob")).toBeUndefined();
    expect(participant("ann", "bob")?.readUpToSeq).toBeNull();
  });
});

describe("who counts", () => {
  it("R1: recipients are those in it at the time, without the sender, by id", () => {
    const id = send("bob");
    expect(status("bob", id).recipients.map(({ userId }) => userId)).toEqual([
      "ann",
      "cat",
    ]);
  });

  it("R1: someone who joins later does not undo 'Read by all'", () => {
    const id = send("ann");
    model.markRead("bob", id);
    model.markRead("cat", id);
    value(model.addParticipants("ann", "A", ["dan"]));
    expect(summary("ann", id)).toBe("Read by all");
    expect(status("ann", id).totalRecipients).toBe(2);
  });

  it("R1: someone who leaves stops counting, which can complete a message", () => {
    value(model.addParticipants("ann", "A", ["dan"]));
    const id = send("ann");
    model.markRead("bob", id);
    model.markRead("cat", id);
    expect(summary("ann", id)).toBe("Read by 2 of 3");
    value(model.removeParticipant("dan", "A", "dan"));
    expect(summary("ann", id)).toBe("Read by all");
    expect(status("ann", id).overallStatus).toBe("READ");
  });

  it("R2: who comes back is a recipient of both stays and of nothing between", () => {
    const first = send("ann");
    value(model.removeParticipant("bob", "A", "bob"));
    const between = send("ann");
    value(model.addParticipants("ann", "A", ["bob"]));
    const second = send("ann");
    expect(recipient("ann", first, "bob")).toBeDefined();
    expect(recipient("ann", between, "bob")).toBeUndefined();
    expect(recipient("ann", second, "bob")).toBeDefined();
    expect(seqs("bob")).toEqual([1, 3]);
  });

  it("R2: receipts of the first stay stand in the second", () => {
    const id = send("ann");
    model.markRead("bob", id);
    const before = recipient("ann", id, "bob");
    value(model.removeParticipant("bob", "A", "bob"));
    expect(recipient("ann", id, "bob")).toBeUndefined();
    value(model.addParticipants("ann", "A", ["bob"]));
    expect(recipient("ann", id, "bob")).toEqual(before);
  });

  it("R3: a participant sees nothing of what was sent before they joined", () => {
    const id = send("ann");
    value(model.addParticipants("bob", "A", ["dan"]));
    send("ann");
    expect(seqs("dan")).toEqual([2]);
    expect(code(model.markRead("dan", id))).toBe("NOT_FOUND");
    expect(code(model.bulkMarkRead("dan", "A", id))).toBe("NOT_FOUND");
  });

  it("R3: who left sees nothing and can mark nothing", () => {
    const id = send("ann");
    value(model.removeParticipant("bob", "A", "bob"));
    expect(model.isParticipant("bob", "A")).toBe(false);
    expect(seqs("bob")).toEqual([]);
    expect(code(model.markDelivered("bob", id))).toBe("NOT_FOUND");
    expect(code(model.bulkMarkDelivered("bob", "A", id))).toBe("NOT_FOUND");
    expect(code(model.sendMessage("bob", "A", "x", "hi"))).toBe("NOT_FOUND");
    expect(code(model.addParticipants("bob", "A", ["bob"]))).toBe("NOT_FOUND");
  });

  it("R4: marking one's own message changes nothing and is no error", () => {
    const id = send("ann");
    expect(value(model.markRead("ann", id)).changed).toBe(false);
    expect(value(model.markDelivered("ann", id)).changed).toBe(false);
    expect(value(model.bulkMarkRead("ann", "A", id)).changed).toBe(false);
    expect(recipient("ann", id, "ann")).toBeUndefined();
  });

  it("R4: a bulk mark up to one's own message covers the others before it", () => {
    const theirs = send("ann");
    const mine = send("bob");
    expect(value(model.bulkMarkRead("bob", "A", mine)).changed).toBe(true);
    expect(recipient("ann", theirs, "bob")?.state).toBe("READ");
    expect(summary("bob", mine)).toBe("Sent");
  });

  it("R5: a message without recipients stays SENT", () => {
    value(model.removeParticipant("ann", "A", "bob"));
    value(model.removeParticipant("ann", "A", "cat"));
    expect(status("ann", send("ann"))).toEqual({
      overallStatus: "SENT",
      totalRecipients: 0,
      deliveredCount: 0,
      readCount: 0,
      summaryText: "Sent",
      receiptPolicy: "FULL",
      recipients: [],
    });
  });

  it("R5: a message whose readers all left is SENT again", () => {
    const id = send("ann");
    model.markRead("bob", id);
    model.markRead("cat", id);
    value(model.removeParticipant("bob", "A", "bob"));
    value(model.removeParticipant("cat", "A", "cat"));
    expect(status("ann", id).overallStatus).toBe("SENT");
  });
});

describe("how status moves", () => {
  it("R6: PENDING, then DELIVERED, then READ, the delivered time staying", () => {
    const id = send("ann");
    expect(recipient("ann", id, "bob")?.state).toBe("PENDING");
    expect(value(model.markDelivered("bob", id)).changed).toBe(true);
    const delivered = recipient("ann", id, "bob");
    expect(delivered).toMatchObject({ state: "DELIVERED", readAt: null });
    expect(value(model.markRead("bob", id)).changed).toBe(true);
    const read = recipient("ann", id, "bob");
    expect(read?.state).toBe("READ");
    expect(read?.deliveredAt).toBe(delivered?.deliveredAt);
    expect(read?.readAt).toBeGreaterThan(read?.deliveredAt ?? Infinity);
  });

  it("R6: a read without a delivery is delivered at the time of the read", () => {
    const id = send("ann");
    model.markRead("bob", id);
    const read = recipient("ann", id, "bob");
    expect(read?.deliveredAt).toBe(read?.readAt);
    expect(value(model.markDelivered("bob", id)).changed).toBe(false);
    expect(recipient("ann", id, "bob")).toEqual(read);
  });

  it("R7: a repeated mark changes no time", () => {
    const id = send("ann");
    model.markDelivered("bob", id);
    model.markRead("bob", id);
    const before = recipient("ann", id, "bob");
    expect(value(model.markDelivered("bob", id)).changed).toBe(false);
    expect(value(model.markRead("bob", id)).changed).toBe(false);
    expect(value(model.bulkMarkRead("bob", "A", id)).changed).toBe(false);
    expect(recipient("ann", id, "bob")).toEqual(before);
  });

  it("R8: a single mark leaves its neighbours alone", () => {
    send("ann");
    const second = send("ann");
    send("ann");
    model.markRead("bob", second);
    expect(["A1", "A2", "A3"].map((id) => summary("ann", id))).toEqual([
      "Sent",
      "Read by 1 of 2",
      "Sent",
    ]);
    expect(model.unreadCount("bob", "A")).toBe(2);
  });

  it("R8: marking up to 10 while 12 exist leaves the unread count at 2", () => {
    for (let sent = 0; sent < 12; sent += 1) send("ann");
    expect(value(model.bulkMarkRead("bob", "A", "A10")).changed).toBe(true);
    expect(model.unreadCount("bob", "A")).toBe(2);
    expect(participant("ann", "bob")).toMatchObject({
      deliveredUpToSeq: 10,
      readUpToSeq: 10,
    });
  });

  it("R8: a bulk delivery reads nothing", () => {
    send("ann");
    model.bulkMarkDelivered("bob", "A", send("ann"));
    expect(summary("ann", "A1")).toBe("Delivered to 1 of 2");
    expect(model.unreadCount("bob", "A")).toBe(2);
  });

  it("R8: a bulk mark after coming back covers both stays and not between", () => {
    send("ann");
    value(model.removeParticipant("bob", "A", "bob"));
    send("ann");
    value(model.addParticipants("ann", "A", ["bob"]));
    model.bulkMarkRead("bob", "A", send("ann"));
    expect(recipient("ann", "A1", "bob")?.state).toBe("READ");
    expect(recipient("ann", "A3", "bob")?.state).toBe("READ");
    expect(status("ann", "A2").readCount).toBe(0);
  });

  it("R9: of identical marks one changes something", () => {
    const id = send("ann");
    const changed = [1, 2, 3].map(
      () => value(model.bulkMarkDelivered("bob", "A", id)).changed,
    );
    expect(changed).toEqual([true, false, false]);
  });

  it("R11: SENT, PARTIAL, DELIVERED, READ", () => {
    const id = send("ann");
    const overall = () => status("ann", id).overallStatus;
    expect(overall()).toBe("SENT");
    model.markRead("bob", id);
    expect(overall()).toBe("PARTIAL");
    model.markDelivered("cat", id);
    expect(overall()).toBe("DELIVERED");
    model.markRead("cat", id);
    expect(overall()).toBe("READ");
  });

  it("R12: Sent, Delivered, Read with one recipient", () => {
    value(model.createConversation("ann", "B", ["bob"]));
    const id = send("ann", "B");
    expect(summary("ann", id)).toBe("Sent");
    model.markDelivered("bob", id);
    expect(summary("ann", id)).toBe("Delivered");
    model.markRead("bob", id);
    expect(summary("ann", id)).toBe("Read");
  });

  it("R12: in a group, some who read come before all who have it", () => {
    const id = send("ann");
    expect(summary("ann", id)).toBe("Sent");
    model.markDelivered("bob", id);
    expect(summary("ann", id)).toBe("Delivered to 1 of 2");
    model.markDelivered("cat", id);
    expect(summary("ann", id)).toBe("Delivered to all");
    model.markRead("cat", id);
    expect(summary("ann", id)).toBe("Read by 1 of 2");
    model.markRead("bob", id);
    expect(summary("ann", id)).toBe("Read by all");
  });

  it("R13: a deleted message keeps status and place, and is not unread", () => {
    const id = send("ann");
    model.markDelivered("bob", id);
    const before = status("ann", id);
    value(model.deleteMessage("ann", id));
    expect(status("ann", id)).toEqual(before);
    expect(seqs("cat")).toEqual([1]);
    expect(model.visibleMessage("cat", id)?.body).toBeNull();
    expect(model.unreadCount("cat", "A")).toBe(0);
  });

  it("R13, R15: marks on a deleted message are taken, and it holds nothing back", () => {
    const id = send("ann");
    value(model.deleteMessage("ann", id));
    expect(participant("ann", "bob")?.readUpToSeq).toBe(1);
    expect(value(model.markRead("bob", id)).changed).toBe(true);
    expect(participant("ann", "bob")?.readUpToSeq).toBe(1);
  });

  it("R13: deleting again changes nothing and is no error", () => {
    const id = send("ann");
    const first = value(model.deleteMessage("ann", id)).message.deletedAt;
    expect(value(model.deleteMessage("ann", id)).message.deletedAt).toBe(first);
  });

  it("R14: unread are others' messages, in any stay, not deleted, not read", () => {
    send("bob");
    send("ann");
    const deleted = send("ann");
    value(model.deleteMessage("ann", deleted));
    model.markDelivered("bob", "A2");
    expect(model.unreadCount("bob", "A")).toBe(1);
    value(model.removeParticipant("bob", "A", "bob"));
    expect(model.unreadCount("bob", "A")).toBe(0);
    send("ann");
    value(model.addParticipants("ann", "A", ["bob"]));
    send("ann");
    expect(model.unreadCount("bob", "A")).toBe(2);
    value(model.createConversation("dan", "B", ["bob"]));
    send("dan", "B");
    expect(model.totalUnreadCount("bob")).toBe(3);
  });

  it("R15: own messages and those not for them do not hold it back", () => {
    expect(participant("ann", "bob")?.deliveredUpToSeq).toBe(0);
    send("ann"); // A1 is before dan.
    value(model.addParticipants("ann", "A", ["dan"]));
    expect(participant("ann", "dan")?.readUpToSeq).toBe(1);
    send("dan"); // A2 is dan's own.
    expect(participant("ann", "dan")?.readUpToSeq).toBe(2);
    send("ann"); // A3 is for dan.
    send("ann"); // A4 too.
    expect(participant("ann", "dan")?.readUpToSeq).toBe(2);
    model.markRead("dan", "A4");
    expect(participant("ann", "dan")?.readUpToSeq).toBe(2);
    model.markRead("dan", "A3");
    expect(participant("ann", "dan")?.readUpToSeq).toBe(4);
  });
});

describe("sending", () => {
  it("R16: seqs are 1, 2, 3 in each conversation", () => {
    value(model.createConversation("ann", "B", ["bob"]));
    expect([send("ann"), send("ann", "B"), send("bob")]).toEqual([
      "A1",
      "B1",
      "A2",
    ]);
  });

  it("R17: the same clientId returns the first message and stores nothing", () => {
    const first = value(model.sendMessage("ann", "A", "x", "hi"));
    const again = value(model.sendMessage("ann", "A", "x", "hi"));
    expect([first.duplicate, again.duplicate]).toEqual([false, true]);
    expect(again.message).toBe(first.message);
    expect(model.messages()).toHaveLength(1);
  });

  it("R17: another content is CONFLICT, another conversation or sender is not", () => {
    value(model.createConversation("ann", "B", ["bob"]));
    value(model.sendMessage("ann", "A", "x", "hi"));
    expect(code(model.sendMessage("ann", "A", "x", "ho"))).toBe("CONFLICT");
    expect(code(model.sendMessage("ann", "A", "x", null))).toBe("CONFLICT");
    expect(value(model.sendMessage("ann", "B", "x", "hi")).duplicate).toBe(
      false,
    );
    expect(value(model.sendMessage("bob", "A", "x", "ho")).duplicate).toBe(
      false,
    );
  });

  it("R17: a repeat is known as one after its message was deleted", () => {
    value(model.sendMessage("ann", "A", "x", "hi"));
    value(model.deleteMessage("ann", "A1"));
    const again = value(model.sendMessage("ann", "A", "x", "hi"));
    expect(again).toMatchObject({ duplicate: true, message: { body: null } });
    expect(code(model.sendMessage("ann", "A", "x", "ho"))).toBe("CONFLICT");
  });

  it("R18a: sending marks nothing", () => {
    send("ann");
    send("bob");
    expect(summary("ann", "A1")).toBe("Sent");
    expect(model.unreadCount("bob", "A")).toBe(1);
  });
});

describe("privacy", () => {
  it("R18: unknown and forbidden look the same", () => {
    const id = send("ann");
    for (const unseen of [id, "nothing"]) {
      expect(code(model.markRead("dan", unseen))).toBe("NOT_FOUND");
      expect(code(model.deleteMessage("dan", unseen))).toBe("NOT_FOUND");
    }
    for (const unseen of ["A", "Z"]) {
      expect(code(model.removeParticipant("dan", unseen, "ann"))).toBe(
        "NOT_FOUND",
      );
      expect(code(model.sendMessage("dan", unseen, "x", "hi"))).toBe(
        "NOT_FOUND",
      );
    }
  });

  it("R18: a bulk mark by a message of another conversation is NOT_FOUND", () => {
    value(model.createConversation("ann", "B", ["bob"]));
    const elsewhere = send("ann", "B");
    expect(code(model.bulkMarkRead("bob", "A", elsewhere))).toBe("NOT_FOUND");
    expect(model.totalUnreadCount("bob")).toBe(1);
  });

  it("R20: what is read hidden shows to others as DELIVERED, for good", () => {
    const id = send("ann");
    value(model.setReadReceipts("bob", false));
    model.markRead("bob", id);
    const seen = recipient("ann", id, "bob");
    expect(seen).toMatchObject({ state: "DELIVERED", readAt: null });
    expect(seen?.deliveredAt).not.toBeNull();
    value(model.setReadReceipts("bob", true));
    expect(value(model.markRead("bob", id)).changed).toBe(false);
    expect(recipient("ann", id, "bob")).toEqual(seen);
    expect(participant("ann", "bob")).toMatchObject({
      deliveredUpToSeq: 1,
      readUpToSeq: 0,
    });
  });

  it("R20: counts and summary take a hidden reader as one who has it", () => {
    const id = send("ann");
    value(model.setReadReceipts("bob", false));
    model.markRead("bob", id);
    model.markRead("cat", id);
    expect(status("ann", id)).toMatchObject({
      overallStatus: "DELIVERED",
      deliveredCount: 2,
      readCount: 1,
      summaryText: "Read by 1 of 2",
    });
  });

  it("R20: what was shown before stays shown", () => {
    const id = send("ann");
    model.markRead("bob", id);
    value(model.setReadReceipts("bob", false));
    expect(recipient("ann", id, "bob")?.state).toBe("READ");
  });

  it("R20: the delivered time of a hidden read is the one that was reported", () => {
    const id = send("ann");
    model.markDelivered("bob", id);
    const delivered = recipient("ann", id, "bob");
    value(model.setReadReceipts("bob", false));
    model.markRead("bob", id);
    expect(recipient("ann", id, "bob")).toEqual(delivered);
  });

  it("R20: who hides sees others' READ as DELIVERED while it is off", () => {
    const id = send("ann");
    model.markRead("bob", id);
    value(model.setReadReceipts("ann", false));
    expect(summary("ann", id)).toBe("Delivered to 1 of 2");
    expect(participant("ann", "bob")?.readUpToSeq).toBeNull();
    expect(participant("ann", "bob")?.deliveredUpToSeq).toBe(1);
    value(model.setReadReceipts("ann", true));
    expect(summary("ann", id)).toBe("Read by 1 of 2");
    expect(participant("ann", "bob")?.readUpToSeq).toBe(1);
  });

  it("R20: one's own reads and unread count go on working", () => {
    const id = send("ann");
    value(model.setReadReceipts("bob", false));
    model.markRead("bob", id);
    expect(recipient("bob", id, "bob")?.state).toBe("READ");
    expect(summary("bob", id)).toBe("Read by 1 of 2");
    expect(model.unreadCount("bob", "A")).toBe(0);
    expect(participant("bob", "bob")?.readUpToSeq).toBe(1);
  });
});

describe("membership and errors", () => {
  it("R28: only an owner removes others, who are told FORBIDDEN otherwise", () => {
    expect(code(model.removeParticipant("bob", "A", "cat"))).toBe("FORBIDDEN");
    expect(code(model.removeParticipant("bob", "A", "dan"))).toBe("FORBIDDEN");
    expect(code(model.removeParticipant("ann", "A", "dan"))).toBe("NOT_FOUND");
    value(model.removeParticipant("ann", "A", "cat"));
    expect(code(model.removeParticipant("ann", "A", "cat"))).toBe("NOT_FOUND");
  });

  it("R28: another's message is FORBIDDEN to delete where it is visible", () => {
    const id = send("ann");
    expect(code(model.deleteMessage("bob", id))).toBe("FORBIDDEN");
    value(model.addParticipants("ann", "A", ["dan"]));
    expect(code(model.deleteMessage("dan", id))).toBe("NOT_FOUND");
    value(model.removeParticipant("ann", "A", "ann"));
    expect(code(model.deleteMessage("ann", id))).toBe("NOT_FOUND");
  });

  it("R41: an erased user has left for good, and what they sent keeps its place alone", () => {
    const [anns, bobs] = [send("ann"), send("bob")];
    value(model.markRead("cat", anns));
    expect(value(model.erase("bob"))).toEqual({
      conversationCount: 1,
      messageCount: 1,
    });
    expect(summary("ann", anns)).toBe("Read");
    expect(model.visibleMessage("ann", bobs)).toMatchObject({
      ...{ seq: 2, body: null },
    });
    expect(model.unreadCount("ann", "A")).toBe(0);
    expect(model.isParticipant("bob", "A")).toBe(false);
  });

  it("R58: adds only who is not in; an owner who comes back is a member, and there is always one", () => {
    expect(
      value(model.addParticipants("bob", "A", ["cat", "dan", "dan"])).added,
    ).toEqual([{ userId: "dan", role: "MEMBER" }]);
    value(model.removeParticipant("ann", "A", "ann"));
    expect(participant("bob", "ann")?.isActive).toBe(false);
    expect(participant("bob", "bob")?.role).toBe("OWNER");
    value(model.addParticipants("bob", "A", ["ann"]));
    expect(participant("bob", "ann")).toMatchObject({
      role: "MEMBER",
      isActive: true,
    });
  });

  it("returns a conversation made again with the same people, else CONFLICT", () => {
    const again = model.createConversation("ann", "A", ["cat", "bob", "ann"]);
    expect(again.ok).toBe(true);
    expect(code(model.createConversation("ann", "A", ["bob"]))).toBe(
      "CONFLICT",
    );
  });

  it("R29: past a limit is BAD_USER_INPUT and stores nothing", () => {
    const twoBytes = "é".repeat(32_769);
    expect(code(model.sendMessage("ann", "A", "x", twoBytes))).toBe(
      "BAD_USER_INPUT",
    );
    expect(code(model.sendMessage("ann", "A", "x".repeat(129), "hi"))).toBe(
      "BAD_USER_INPUT",
    );
    expect(model.messages()).toHaveLength(0);
  });

  it("R30: one bad item of a queue spoils no other", () => {
    send("ann");
    send("ann");
    const results = model.syncReceipts("bob", [
      { messageId: "A1", kind: "READ", upTo: false },
      { messageId: "nothing", kind: "READ", upTo: true },
      { messageId: "A2", kind: "DELIVERED", upTo: true },
      { messageId: "A1", kind: "READ", upTo: true },
    ]);
    expect(results).toEqual([
      { changed: true, error: null },
      { changed: false, error: "NOT_FOUND" },
      { changed: true, error: null },
      { changed: false, error: null },
    ]);
  });
});

describe("what is unread", () => {
  const unread = (viewer: string) =>
    model.unreadMessages(viewer, "A").map(({ seq }) => seq);

  it("R31, R32: flagged from a message on, until it is read again", () => {
    const ids = [send("ann"), send("bob"), send("ann")];
    value(model.bulkMarkRead("bob", "A", ids[2] ?? ""));
    expect(unread("bob")).toEqual([]);
    value(model.markUnread("bob", "A", ids[0] ?? ""));
    expect(unread("bob")).toEqual([1, 3]);
    expect(summary("ann", ids[2] ?? "")).toBe("Read by 1 of 2");
    expect(value(model.markRead("bob", ids[0] ?? "")).changed).toBe(false);
    expect(unread("bob")).toEqual([3]);
  });

  it("R32: a device that had not seen the flag leaves it", () => {
    const id = send("ann");
    const seen = model.now;
    value(model.markUnread("bob", "A", null));
    value(model.markRead("bob", id, seen));
    expect(unread("bob")).toEqual([1]);
    value(model.markRead("bob", id, model.now));
    expect(unread("bob")).toEqual([]);
  });

  it("R35, R36, R37: silent messages, mentions and mutes", () => {
    const say = (clientId: string, extras: Partial<Extras>) =>
      value(
        model.sendMessage("ann", "A", clientId, "hi", {
          ...{ countsAsUnread: true, mentions: [], mentionsAll: false },
          ...extras,
        }),
      );
    say("1", { countsAsUnread: false, mentionsAll: true });
    say("2", { mentions: ["bob", "ann", "dan"] });
    say("3", { mentionsAll: true });
    expect(unread("bob")).toEqual([2, 3]);
    expect(model.unreadMentionCount("bob", "A")).toBe(2);
    expect(model.unreadMentionCount("cat", "A")).toBe(1);
    value(model.mute("cat", "A", true));
    expect(model.badge("cat")).toEqual({
      ...{ unreadCount: 1, unreadMentionCount: 1, unreadConversationCount: 1 },
    });
    expect(model.unreadCount("cat", "A")).toBe(2);
    value(model.addParticipants("ann", "A", ["dan"]));
    expect(model.badge("dan").unreadMentionCount).toBe(0);
  });
});
