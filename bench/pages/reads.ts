import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { seededMessageId } from "../support/acked-chats.js";
import type { SeededChat } from "../support/chats.js";
import type { GraphqlSocket } from "../support/graphql-socket.js";
import { countsOf, messageCount, stateOf } from "./crowd.js";

const counts = "totalRecipients deliveredCount readCount";

const pageQuery = `query ($id: ID!) { conversation(id: $id) { title messages(last: 50) {
  nodes { id seq body sentAt sender { id } status { overallStatus summaryText ${counts} } } } } }`;

const infoQuery = `query ($id: ID!, $first: Int!, $after: Cursor) { message(id: $id) {
  id body sentAt status { overallStatus summaryText ${counts}
    recipients(first: $first, after: $after) { totalCount
      nodes { state deliveredAt readAt user { id } }
      pageInfo { hasNextPage endCursor } } } } }`;

const statusCounts = {
  totalRecipients: z.number(),
  deliveredCount: z.number(),
  readCount: z.number(),
};
const answerWith = <Data extends z.ZodType>(data: Data) =>
  z.object({ payload: z.object({ data }) });
const pageAnswer = answerWith(
  z.object({
    conversation: z.object({
      messages: z.object({
        nodes: z.array(
          z.object({ seq: z.number(), status: z.object(statusCounts) }),
        ),
      }),
    }),
  }),
);
const infoAnswer = answerWith(
  z.object({
    message: z.object({
      status: z.object({
        ...statusCounts,
        recipients: z.object({
          totalCount: z.number(),
          nodes: z.array(
            z.object({
              state: z.string(),
              deliveredAt: z.string().nullable(),
              readAt: z.string().nullable(),
              user: z.object({ id: z.string() }),
            }),
          ),
          pageInfo: z.object({
            hasNextPage: z.boolean(),
            endCursor: z.string().nullable(),
          }),
        }),
      }),
    }),
  }),
);

/** Reads a conversation and checks the answers; returns how long the answers took, in milliseconds. */
export type Read = (
  socket: GraphqlSocket,
  crowd: SeededChat,
) => Promise<number>;

/** The newest 50 messages, each with its aggregate. */
export const readPage: Read = async (socket, crowd) => {
  const start = performance.now();
  const text = await socket.execute(
    pageQuery,
    JSON.stringify({ id: crowd.id }),
  );
  const elapsed = performance.now() - start;
  const { conversation } = pageAnswer.parse(JSON.parse(text)).payload.data;
  const expected = Array.from({ length: 50 }, (_, i) => {
    const seq = messageCount - 49 + i;
    return { seq, status: countsOf(crowd, seq) };
  });
  mustEqual(conversation.messages.nodes, expected);
  return elapsed;
};

/** The first 50 recipients of a message with their states, as a screen shows them. */
export const readInfo: Read = (socket, crowd) =>
  readRecipients(socket, crowd, 50, 1);

/** All recipients of a message with their states, in pages of 500. */
export const readWholeInfo: Read = (socket, crowd) =>
  readRecipients(socket, crowd, 500, Infinity);

async function readRecipients(
  socket: GraphqlSocket,
  crowd: SeededChat,
  first: number,
  pages: number,
): Promise<number> {
  const seq = 30;
  const id = seededMessageId({ conversationId: crowd.id, seq });
  let elapsed = 0;
  let after: string | null = null;
  for (let page = 0; page < pages; page++) {
    const start = performance.now();
    const text: string = await socket.execute(
      infoQuery,
      JSON.stringify({ id, first, after }),
    );
    elapsed += performance.now() - start;
    const { status } = infoAnswer.parse(JSON.parse(text)).payload.data.message;
    const { recipients, ...found } = status;
    mustEqual(found, countsOf(crowd, seq));
    const ids = crowd.readerIds.slice(page * first, (page + 1) * first);
    mustEqual(
      recipients.nodes.map(({ user, state, deliveredAt, readAt }) => ({
        id: user.id,
        state,
        hasTimes: [deliveredAt !== null, readAt !== null],
      })),
      ids.map((id, i) => {
        const state = stateOf(page * first + i, seq);
        return {
          id,
          state,
          hasTimes: [state !== "PENDING", state === "READ"],
        };
      }),
    );
    mustEqual(recipients.totalCount, crowd.readerIds.length);
    if (!recipients.pageInfo.hasNextPage) {
      mustEqual(page * first + ids.length, crowd.readerIds.length);
      break;
    }
    after = recipients.pageInfo.endCursor;
  }
  return elapsed;
}

function mustEqual(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(
      `pages: ${JSON.stringify(found)}; it should be ${JSON.stringify(expected)}`,
    );
}
