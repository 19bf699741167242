import type { Services } from "../../src/services.js";
import { blockSize, type Habit } from "./habits.js";
import { randomNumbers } from "./habits.js";
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

/**
 * Sends and marks through the service as it would come about: a block of messages comes, everyone's
 * device has it when it is back, and then it is read. Of a last block half of the recipients have
 * a single message read, and the other half nothing.
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
  const conversationIds: string[] = [];
  for (const owner of owners) {
    const { id } = await services.conversations.create(asUser(owner), {
      id: null,
      title: null,
      participantIds: recipientIds,
    });
    conversationIds.push(id);
  }

  const messagesInEach = (blocks + 1) * blockSize;
  const rows = new StateRows(conversations, recipientIds, messagesInEach);
  const markAll = (marks: readonly PlacedMark[]) =>
    Promise.all(
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
    await markAll(
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
        readers.flatMap(({ conversation, recipient, steps }) => {
          const step = steps[turn];
          if (!step) return [];
          const seq = before + step.place;
          return [
            {
              conversation,
              recipient,
              kind: "READ",
              seq,
              upTo: step.upTo && !isLast,
            },
          ];
        }),
      );
  }
  return { conversationIds, recipientIds, messagesInEach, rows };
}
