import { signToken } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
import { AppError } from "../../foundation/errors.js";
import { encodeMessageId } from "../../domain/messages/message-id.js";
import { keyOf } from "../../domain/messages/message.js";
import type { Services } from "../../services.js";

/** A user to try the service as. */
export interface DemoUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** The conversation that the demo users share. */
export const demoConversationId = "demo";

const people = [
  { id: "alice", name: "Alice" },
  { id: "bob", name: "Bob" },
  { id: "carol", name: "Carol" },
] as const;

/** Users who are in no conversation, so that a visitor can invite them. */
const guests = [
  { id: "dave", name: "Dave" },
  { id: "erin", name: "Erin" },
] as const;

const greetings = [
  {
    senderId: "alice",
    clientId: "demo-1",
    body: "Hi both! Did my first message reach you?",
  },
  {
    senderId: "bob",
    clientId: "demo-2",
    body: "It did. Mark it as read and watch the ticks.",
  },
] as const;

const dayInSeconds = 86_400;

/** The demo users, each with a token that is valid for a day. */
export function demoUsers(secret: string): Promise<DemoUser[]> {
  return withTokens(secret, people);
}

/** The demo users and the guests, each with a token that is valid for a day. */
export function demoPeople(secret: string): Promise<DemoUser[]> {
  return withTokens(secret, [...people, ...guests]);
}

function withTokens(
  secret: string,
  users: readonly Omit<DemoUser, "token">[],
): Promise<DemoUser[]> {
  return Promise.all(
    users.map(async ({ id, name }) => ({
      id,
      name,
      token: await signToken(secret, {
        userId: id,
        name,
        ttlSeconds: dayInSeconds,
      }),
    })),
  );
}

/** Names of the demo give way to what any token says. */
const beforeAnyToken = 0;

/**
 * Adds three users, two guests, and a conversation with two messages. Repeating the call adds nothing.
 * Users and a conversation that exist already stay as they are.
 */
export async function addDemoData(services: Services): Promise<void> {
  for (const { id, name } of [...people, ...guests])
    await services.users.ensure({
      id,
      displayName: name,
      avatarUrl: null,
      issuedAtS: beforeAnyToken,
    });
  try {
    await addConversation(services);
  } catch (error) {
    if (!isTakenMeanwhile(error)) throw error;
  }
}

async function addConversation({
  conversations,
  messages,
}: Services): Promise<void> {
  const host: Viewer = {
    userId: "demo-host",
    isService: true,
    expiresAtMs: Infinity,
  };
  if (await conversations.find(host, demoConversationId)) return;
  await conversations.create(host, {
    id: demoConversationId,
    title: "Demo",
    participantIds: people.map(({ id }) => id),
  });
  for (const greeting of greetings)
    await messages.send(host, {
      ...greeting,
      conversationId: demoConversationId,
      type: "text",
      fileType: null,
    });
}

/** Whether somebody took the conversation's id meanwhile, or one of its people left the conversation. */
function isTakenMeanwhile(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === "CONFLICT" || error.code === "NOT_FOUND")
  );
}

/** The id of a conversation's first message; null where there is none. */
export async function firstMessageId(
  { messages }: Services,
  conversationId: string,
): Promise<string | null> {
  try {
    return encodeMessageId(
      keyOf(await messages.get({ conversationId, seq: 1 })),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
