import { z } from "zod";
import { seededMessageId } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import type { Contender } from "../support/contender.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { bearer } from "../support/tokens.js";
import { Audience, inGroups } from "./audience.js";
import { until } from "./waiting.js";

/** A server with its subscribers. */
export interface Entrant {
  readonly contender: Contender;
  /** Causes the n-th event, from 1, and waits until everyone has it. */
  readonly cause: (n: number) => Promise<void>;
  /** The length of the newest frame. */
  readonly frameBytes: () => number;
  /** @throws where a subscriber has not got every event */
  readonly check: () => void;
  readonly close: () => void;
}

const counts =
  "id overallStatus totalRecipients deliveredCount readCount summaryText";
const markRead = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;
const readCursor = `query ($id: ID!) { conversation(id: $id) { cursor } }`;
const cursorAnswer = z.object({
  payload: z.object({
    data: z.object({ conversation: z.object({ cursor: z.string() }) }),
  }),
});
const watch = `subscription ($id: ID!, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor messageCount reset conversation { id }
    receipts { kind at fromSeq toSeq participant { user { id } } }
    messages { id seq status { ${counts} } } } }`;

/** Plain sockets, which get frames of the same length as another entrant's subscribers. */
export async function enterRaw(
  contender: Contender,
  subscribers: number,
  model: Entrant,
): Promise<Entrant> {
  const audience = new Audience();
  await inGroups(subscribers, () =>
    audience.join(`ws://${contender.host}/`, null, []),
  );
  return {
    contender,
    cause: () =>
      audience.frameForEach(() =>
        audience.say(String(model.frameBytes() || 700)),
      ),
    frameBytes: () => audience.lastFrames[0]?.length ?? 0,
    check: () => undefined,
    close: () => audience.leave(),
  };
}

/**
 * Every reader of a conversation as a subscriber of it; the first of them marks one message after the
 * other as read, and each mark is an event.
 * @param way how subscribers come
 * @param subscribersUrl tells how many subscriptions have begun, where `after` is not honoured
 */
export async function enterGraphql(
  contender: Contender,
  { id, readerIds }: SeededChat,
  way: "sockets" | "streams",
  subscribersUrl: string | null,
): Promise<Entrant> {
  const audience = new Audience();
  const marker = await GraphqlSocket.open(
    contender.host,
    await bearer(readerIds[0] ?? ""),
  );
  const read = await marker.execute(readCursor, JSON.stringify({ id }));
  const { cursor: after } = cursorAnswer.parse(JSON.parse(read)).payload.data
    .conversation;
  const payload = { query: watch, variables: { id, after } };
  const address = `${contender.host}/graphql`;
  await inGroups(readerIds.length, async (i) => {
    const authorization = await bearer(readerIds[i] ?? "");
    return way === "streams"
      ? audience.joinStream(`http://${address}`, authorization, payload)
      : audience.join(`ws://${address}`, "graphql-transport-ws", [
          { type: "connection_init", payload: { authorization } },
          { id: "1", type: "subscribe", payload },
        ]);
  });
  if (subscribersUrl !== null)
    await until("everyone is a subscriber", async () => {
      const response = await fetch(subscribersUrl);
      return Number(await response.text()) === readerIds.length;
    });

  let newest = 0;
  return {
    contender,
    async cause(seq) {
      const messageId = seededMessageId({ conversationId: id, seq });
      await audience.frameForEach(() =>
        marker.execute(markRead, JSON.stringify({ id: messageId })),
      );
      newest = seq;
    },
    frameBytes: () => audience.lastFrames[0]?.length ?? 0,
    check() {
      const expected = new RegExp(
        `"fromSeq":${newest},"toSeq":${newest},.*"seq":${newest},"status":\\{[^}]*"totalRecipients":${readerIds.length},"deliveredCount":1,"readCount":1,`,
      );
      for (const frame of audience.lastFrames)
        if (!expected.test(frame.toString()))
          throw new Error(`${contender.name}: ${frame.toString()}`);
      if (audience.lastFrames.length !== readerIds.length)
        throw new Error(`${contender.name}: somebody got nothing`);
    },
    close() {
      marker.close();
      audience.leave();
    },
  };
}
