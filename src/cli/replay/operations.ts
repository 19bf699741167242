import { z } from "zod";
import type { Operation } from "./api-client.js";

// The operations of a replay. Each answer is checked against its shape.

const payload = z.object({ conversation: z.object({ id: z.string() }) });

/** Creates a conversation. With a service token the first participant becomes the owner. */
export const createConversation: Operation<
  { input: { id: string; title: string; participantIds: string[] } },
  { createConversation: z.infer<typeof payload> }
> = {
  name: "createConversation",
  document: `mutation ($input: CreateConversationInput!) {
    createConversation(input: $input) { conversation { id } }
  }`,
  data: z.object({ createConversation: payload }),
};

/** Adds participants. Present participants do not change. */
export const addParticipants: Operation<
  { input: { conversationId: string; userIds: string[] } },
  { addParticipants: z.infer<typeof payload> }
> = {
  name: "addParticipants",
  document: `mutation ($input: AddParticipantsInput!) {
    addParticipants(input: $input) { conversation { id } }
  }`,
  data: z.object({ addParticipants: payload }),
};

/** Removes a participant. Users who leave cannot see the conversation, so it is not selected. */
export const removeParticipant: Operation<
  { input: { conversationId: string; userId: string } },
  { removeParticipant: { __typename: string } }
> = {
  name: "removeParticipant",
  document: `mutation ($input: RemoveParticipantInput!) {
    removeParticipant(input: $input) { __typename }
  }`,
  data: z.object({
    removeParticipant: z.object({ __typename: z.string() }),
  }),
};

/** Sends a message. Answers once the message is durable and has its `seq`. */
export const sendMessage: Operation<
  { input: { conversationId: string; clientId: string; body: string } },
  { sendMessage: { message: { id: string; seq: number } } }
> = {
  name: "sendMessage",
  document: `mutation ($input: SendMessageInput!) {
    sendMessage(input: $input) { message { id seq } }
  }`,
  data: z.object({
    sendMessage: z.object({
      message: z.object({ id: z.string(), seq: z.int() }),
    }),
  }),
};

/** Marks messages as read. Answers once the mark is durable. */
export const bulkMarkRead: Operation<
  { input: { conversationId: string; upToMessageId: string } },
  { bulkMarkRead: { changed: boolean } }
> = {
  name: "bulkMarkRead",
  document: `mutation ($input: BulkMarkReadInput!) {
    bulkMarkRead(input: $input) { changed }
  }`,
  data: z.object({ bulkMarkRead: z.object({ changed: z.boolean() }) }),
};

/** Reads the newest cursor of the conversation. */
export const conversationCursor: Operation<
  { id: string },
  { conversation: { cursor: string } }
> = {
  name: "conversation.cursor",
  document: `query ($id: ID!) { conversation(id: $id) { cursor } }`,
  data: z.object({ conversation: z.object({ cursor: z.string() }) }),
};

/** Reads the first status change after a cursor. */
export const changesAfter: Operation<
  { id: string; after: string },
  { statusChanges: { nodes: { messageCount: number }[] } }
> = {
  name: "statusChanges",
  document: `query ($id: ID!, $after: Cursor!) {
    statusChanges(conversationId: $id, after: $after, first: 1) {
      nodes { messageCount }
    }
  }`,
  data: z.object({
    statusChanges: z.object({
      nodes: z.array(z.object({ messageCount: z.int() })),
    }),
  }),
};

const participantPage = z.object({
  nodes: z.array(
    z.object({ isActive: z.boolean(), user: z.object({ id: z.string() }) }),
  ),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    endCursor: z.string().nullable(),
  }),
});

/** A page of participants. */
export type ParticipantPage = z.infer<typeof participantPage>;

/** Reads a page of all participants of the conversation. */
export const participants: Operation<
  { id: string; after: string | null },
  { conversation: { participants: ParticipantPage } }
> = {
  name: "conversation.participants",
  document: `query ($id: ID!, $after: Cursor) {
    conversation(id: $id) {
      participants(first: 100, after: $after) {
        nodes { isActive user { id } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  data: z.object({
    conversation: z.object({ participants: participantPage }),
  }),
};

/** Reads how many messages the caller has not read. */
export const unreadCount: Operation<
  { id: string },
  { conversation: { unreadCount: number } }
> = {
  name: "conversation.unreadCount",
  document: `query ($id: ID!) { conversation(id: $id) { unreadCount } }`,
  data: z.object({ conversation: z.object({ unreadCount: z.int() }) }),
};

/** Reads the `seq` of the newest message, which is the number of messages. */
export const newestSeq: Operation<
  { id: string },
  { conversation: { messages: { nodes: { seq: number }[] } } }
> = {
  name: "conversation.messages",
  document: `query ($id: ID!) {
    conversation(id: $id) { messages(last: 1) { nodes { seq } } }
  }`,
  data: z.object({
    conversation: z.object({
      messages: z.object({ nodes: z.array(z.object({ seq: z.int() })) }),
    }),
  }),
};

const messageStatus = z.object({
  seq: z.int(),
  sender: z.object({ id: z.string() }),
  status: z.object({
    summaryText: z.string(),
    totalRecipients: z.int(),
    deliveredCount: z.int(),
    readCount: z.int(),
  }),
});

/** Reads one message with its aggregate status. */
export const message: Operation<
  { id: string },
  { message: z.infer<typeof messageStatus> }
> = {
  name: "message",
  document: `query ($id: ID!) {
    message(id: $id) {
      seq
      sender { id }
      status { summaryText totalRecipients deliveredCount readCount }
    }
  }`,
  data: z.object({ message: messageStatus }),
};
