import type { Services } from "../../src/services.js";
import { blockSize, randomNumbers, type Habit, type Step } from "./habits.js";
import { asUser, sendMessages } from "./in-process.js";
import { StateRows, type PlacedMark } from "./state-rows.js";

/** Conversations of eleven: one sends, ten receive. */
export interface GroupChats {
  readonly conversationIds: readonly string[];
  readonly recipientIds: readonly string[];
  readonly messagesInEach: number;
  /** What became of each message, by the marks that were made. */
  readonly rows: StateRows;
}

/** What stays the same while conversations are filled. */
interface Filling {
  readonly services: Services;
  readonly conversationIds: readonly string[];
  readonly recipientIds: readonly string[];
  readonly rows: StateRows;
}

/** A recipient who reads a block of messages in a conversation, both by their index. */
interface Reader {
  readonly conversation: number;
  readonly recipient: number;
  readonly steps: readonly Step[];
}

/**
 * Sends and marks through the service, in the order of real use: a block of messages is sent, every
 * recipient's device takes the block in one mark, and the recipients read the block. Of the last
 * block, half of the recipients read a single message, and the other half read and receive nothing.
 */
export async function fillGroupChats(
  services: Services,
  {
    conversations,
    blocks,
    habit,
  }: { conversations: number; blocks: number; habit: Habit },
): Promise<GroupChats> {
  const recipientIds = Array.from(
    { length: 10 },
    (_, i) => `user-${1_000 + i}`,
  );
  const owners = Array.from({ length: conversations }, (_, i) => `owner-${i}`);
  const conversationIds = await createConversations(
    services,
    owners,
    recipientIds,
  );
  const messagesInEach = (blocks + 1) * blockSize;
  const rows = new StateRows(conversations, recipientIds, messagesInEach);
  const filling = { services, conversationIds, recipientIds, rows };

  const random = randomNumbers(1);
  for (let block = 0; block <= blocks; block++) {
    const before = block * blockSize;
    const isLast = block === blocks;
    await Promise.all(
      conversationIds.map((conversationId, i) =>
        sendMessages(services, {
          conversationId,
          senderId: owners[i] ?? "",
          from: before + 1,
          count: blockSize,
        }),
      ),
    );
    const readers = conversationIds.flatMap((_, conversation) =>
      recipientIds.flatMap((_, recipient) =>
        isLast && recipient % 2 === 1
          ? []
          : [{ conversation, recipient, steps: habit(random) }],
      ),
    );
    await readBlock(filling, { before, isLast, readers });
  }
  return { conversationIds, recipientIds, messagesInEach, rows };
}

/** Makes a conversation for each owner, in order. */
async function createConversations(
  services: Services,
  owners: readonly string[],
  recipientIds: readonly string[],
): Promise<string[]> {
  const conversationIds: string[] = [];
  for (const owner of owners) {
    const { id } = await services.conversations.create(asUser(owner), {
      id: null,
      title: null,
      participantIds: recipientIds,
    });
    conversationIds.push(id);
  }
  return conversationIds;
}

/** The readers receive the block in one mark, and then read step by step, all readers at once. */
async function readBlock(
  filling: Filling,
  block: { before: number; isLast: boolean; readers: readonly Reader[] },
): Promise<void> {
  const { before, isLast, readers } = block;
  await markAll(
    filling,
    readers.map(({ conversation, recipient }) => ({
      conversation,
      recipient,
      kind: "DELIVERED",
      seq: before + blockSize,
      upTo: true,
    })),
  );
  const turns = isLast ? 1 : Math.max(...readers.map((r) => r.steps.length));
  for (let turn = 0; turn < turns; turn++)
    await markAll(
      filling,
      readers.flatMap(({ conversation, recipient, steps }) => {
        const step = steps[turn];
        if (!step) return [];
        const seq = before + step.place;
        const upTo = step.upTo && !isLast;
        return [{ conversation, recipient, kind: "READ" as const, seq, upTo }];
      }),
    );
}

/** Makes the marks at once, in the service and in the rows that it is compared with. */
function markAll(
  { services, conversationIds, recipientIds, rows }: Filling,
  marks: readonly PlacedMark[],
): Promise<unknown> {
  return Promise.all(
    marks.map((mark) => {
      rows.apply(mark);
      return services.receipts.mark(
        asUser(recipientIds[mark.recipient] ?? ""),
        mark.kind,
        {
          conversationId: conversationIds[mark.conversation] ?? "",
          seq: mark.seq,
        },
        mark,
      );
    }),
  );
}
