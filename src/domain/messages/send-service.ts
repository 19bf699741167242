import { createHash } from "node:crypto";
import type { Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { isDatabaseUnavailable, pgErrorCode } from "../../db/failure.js";
import { Batcher } from "../../foundation/batcher.js";
import { AppError, badInput, notFound } from "../../foundation/errors.js";
import {
  checkBody,
  checkId,
  checkKnownId,
  checkLabel,
  limits,
} from "../../foundation/limits.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { MessageRow } from "./message.js";
import type { MessageQueries, NewMessage } from "./message-queries.js";

/** A message as a client hands it in. */
export interface Draft {
  readonly conversationId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  /** The user for whom a service token sends; null for the viewer. */
  readonly senderId: string | null;
}

/** A stored message, and whether it had been stored before. */
export interface Sent {
  readonly message: MessageRow;
  readonly duplicate: boolean;
}

/** Sending. */
export interface SendService {
  /**
   * Stores a message once (R16, R17). Resolves when the message is durable.
   * @throws {AppError} NOT_FOUND where the sender is no participant, CONFLICT where the clientId
   * made another message, BAD_USER_INPUT, FORBIDDEN where a user names another as the sender
   */
  send(viewer: Viewer, draft: Draft): Promise<Sent>;
}

/** The messages of a conversation that a viewer may see; null where they see nothing of it. */
export type MayView = (
  viewer: Viewer,
  conversationId: string,
) => Promise<SeqSet | null>;

/** The outcome of one message of a batch: null where its sender is no participant. */
type SendOutcome = (Sent & { readonly contentDigest: string }) | null;

/** The SQLSTATE of a key that is taken. */
const uniqueViolation = "23505";

/** Makes the service that sends messages. Messages that are sent at once are stored together. */
export function createSendService({
  queries,
  bus,
  mayView,
}: {
  queries: MessageQueries;
  bus: Bus;
  mayView: MayView;
}): SendService {
  const sends = new Batcher<NewMessage, SendOutcome>({
    concurrency: 2,
    maxBatch: 500,
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    run: store,
  });

  /** Stores the new messages of a batch, and looks up those that were stored before. */
  async function store(
    items: readonly NewMessage[],
  ): Promise<readonly SendOutcome[]> {
    const stored = byKey(await queries.insert(items));
    for (const [conversationId, version] of versionsOf(stored.values()))
      bus.publish({ kind: "conversation", conversationId, version });
    const first = new Set<string>();
    const outcomes = items.map((item): SendOutcome => {
      const message = stored.get(keyOf(item));
      if (!message || first.has(keyOf(item))) return null;
      first.add(keyOf(item));
      return { message, duplicate: false, contentDigest: item.contentDigest };
    });
    const others = items.filter((_, i) => !outcomes[i]);
    if (others.length === 0) return outcomes;
    const known = byKey(await queries.byKey(others));
    return items.map((item, i) => {
      if (outcomes[i]) return outcomes[i];
      const message = known.get(keyOf(item));
      return message
        ? { message, duplicate: true, contentDigest: message.contentDigest }
        : null;
    });
  }

  async function submit(message: NewMessage): Promise<SendOutcome> {
    try {
      return await sends.submit(message);
    } catch (error) {
      // Another transaction was storing the same clientId, and has ended by now.
      if (pgErrorCode(error) === uniqueViolation) return sends.submit(message);
      throw error;
    }
  }

  async function isParticipant(message: NewMessage): Promise<boolean> {
    const sender = userNamed(message.senderId);
    return (await mayView(sender, message.conversationId)) !== null;
  }

  /** Refuses a sender other than the viewer. FORBIDDEN is only for viewers who see the conversation (R28). */
  async function refuseOthersName(
    viewer: Viewer,
    { conversationId }: NewMessage,
  ): Promise<never> {
    if (!(await mayView(viewer, conversationId)))
      throw notFound("conversation");
    throw new AppError("FORBIDDEN", "Only a service token sends for others.", {
      argumentPath: ["input", "senderId"],
    });
  }

  return {
    async send(viewer, draft) {
      const message = newMessage(senderOf(viewer, draft), draft);
      if (!viewer.isService && message.senderId !== viewer.userId)
        await refuseOthersName(viewer, message);
      const outcome = await submit(message);
      // A former participant is not told that they sent this message before (R3).
      const isPresent =
        outcome?.duplicate === false ||
        (outcome && (await isParticipant(message)));
      if (!outcome || !isPresent) throw notFound("conversation");
      if (outcome.contentDigest !== message.contentDigest)
        throw new AppError(
          "CONFLICT",
          "This clientId was used for another message.",
          { argumentPath: ["input", "clientId"] },
        );
      return outcome;
    },
  };
}

/** A user as their own token would name them. */
function userNamed(userId: string): Viewer {
  return { userId, isService: false, expiresAtMs: Infinity };
}

function senderOf(viewer: Viewer, { senderId }: Draft): string {
  return senderId === null
    ? viewer.userId
    : checkId(["input", "senderId"], senderId);
}

/** @throws {AppError} BAD_USER_INPUT; NOT_FOUND for a conversation id that nothing can have */
function newMessage(senderId: string, draft: Draft): NewMessage {
  const { conversationId, clientId, body, type, fileType } = draft;
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  checkId(["input", "clientId"], clientId);
  if (body !== null) checkBody(["input", "body"], body);
  if (type === "") throw badInput(["input", "type"], "must not be empty.");
  checkLabel(["input", "type"], type, limits.typeCharacters);
  if (fileType !== null)
    checkLabel(["input", "fileType"], fileType, limits.typeCharacters);
  const contentDigest = createHash("sha256")
    .update(JSON.stringify([conversationId, body, type, fileType]))
    .digest("base64url");
  return {
    conversationId,
    senderId,
    clientId,
    body,
    type,
    fileType,
    contentDigest,
  };
}

/** What a message is recognised by when it is sent again (R17). */
interface MessageKey {
  readonly senderId: string;
  readonly clientId: string;
}

function keyOf({ senderId, clientId }: MessageKey): string {
  return `${senderId}\0${clientId}`;
}

function byKey<Row extends MessageKey>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function versionsOf(rows: Iterable<MessageRow>): Map<string, number> {
  return new Map([...rows].map((row) => [row.conversationId, row.version]));
}
