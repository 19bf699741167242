import { createHash } from "node:crypto";
import { Batcher } from "../../foundation/batcher.js";
import type { Viewer } from "../../auth/viewer.js";
import { isDatabaseUnavailable, pgErrorCode } from "../../db/failure.js";
import { AppError, badInput, notFound } from "../../foundation/errors.js";
import type { Bus } from "../../bus/bus.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import {
  checkBody,
  checkId,
  checkKnownId,
  checkLabel,
} from "../../foundation/limits.js";
import type { MessageRow } from "./message.js";
import type { MessageRef } from "./message-id.js";
import type { MessageQueries, NewMessage } from "./message-queries.js";

/** A message as a client hands it in. */
export interface Draft {
  readonly conversationId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  /** With a service token: the user it is sent for. */
  readonly senderId: string | null;
}

/** A stored message, and whether it had been stored before. */
export interface Sent {
  readonly message: MessageRow;
  readonly duplicate: boolean;
}

/** What became of one message of a batch: null where its sender is no participant. */
type SendOutcome = (Sent & { readonly contentDigest: string }) | null;

const uniqueViolation = "23505";

export type MessageService = ReturnType<typeof createMessageService>;

/** Sending, deleting and reading messages. */
export function createMessageService({
  queries,
  bus,
  mayView,
}: {
  queries: MessageQueries;
  bus: Bus;
  /** The messages of a conversation that a viewer may see; null where they may see nothing of it. */
  mayView: (viewer: Viewer, conversationId: string) => Promise<SeqSet | null>;
}) {
  const sends = new Batcher<NewMessage, SendOutcome>({
    concurrency: 2,
    maxBatch: 500,
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    run: store,
  });
  const rows = new Batcher<MessageRef, MessageRow | null>({
    keyOf: ({ conversationId, seq }) => `${seq}:${conversationId}`,
    concurrency: 4,
    run: async (places) => {
      const found = new Map(
        (await queries.byPlace(places)).map((row) => [
          `${row.seq}:${row.conversationId}`,
          row,
        ]),
      );
      return places.map(
        ({ conversationId, seq }) =>
          found.get(`${seq}:${conversationId}`) ?? null,
      );
    },
  });

  /** Stores what is new, and looks up what was there already. */
  async function store(
    items: readonly NewMessage[],
  ): Promise<readonly SendOutcome[]> {
    const stored = new Map(
      (await queries.insert(items)).map((row) => [keyOf(row), row]),
    );
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
    const known = new Map(
      (await queries.byKey(others)).map((row) => [keyOf(row), row]),
    );
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
      // The same clientId was being stored by another transaction, which has ended by now.
      if (pgErrorCode(error) === uniqueViolation) return sends.submit(message);
      throw error;
    }
  }

  async function isParticipant({
    senderId,
    conversationId,
  }: NewMessage): Promise<boolean> {
    const sender = {
      userId: senderId,
      isService: false,
      expiresAtMs: Infinity,
    };
    return (await mayView(sender, conversationId)) !== null;
  }

  /** FORBIDDEN tells of a conversation that is there, so only who sees it is told (R28). */
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

  async function get({ conversationId, seq }: MessageRef): Promise<MessageRow> {
    const row = await rows.submit({ conversationId, seq });
    if (!row) throw notFound("message");
    return row;
  }

  return {
    /**
     * Stores a message once (R16, R17).
     * @throws {AppError} NOT_FOUND where the sender is no participant, CONFLICT where the clientId
     * made another message, BAD_USER_INPUT, FORBIDDEN where a user names another as the sender
     */
    async send(viewer: Viewer, draft: Draft): Promise<Sent> {
      const message = newMessage(senderOf(viewer, draft), draft);
      if (!viewer.isService && message.senderId !== viewer.userId)
        await refuseOthersName(viewer, message);
      const outcome = await submit(message);
      // Nothing of a conversation shows to who is not in it: not even that they sent this before.
      const isPresent =
        outcome?.duplicate === false ||
        (outcome && (await isParticipant(message)));
      if (!outcome || !isPresent) throw notFound("conversation");
      if (outcome.contentDigest !== message.contentDigest)
        throw new AppError(
          "CONFLICT",
          "This clientId was used for another message.",
          {
            argumentPath: ["input", "clientId"],
          },
        );
      return outcome;
    },

    /** Blanks a message (R13). Again is no error. Only its sender may. */
    async remove(viewer: Viewer, place: MessageRef): Promise<MessageRow> {
      const visible = await mayView(viewer, place.conversationId);
      if (!visible?.has(place.seq)) throw notFound("message");
      const { senderId } = await get(place);
      if (senderId !== viewer.userId && !viewer.isService)
        throw new AppError(
          "FORBIDDEN",
          "Only its sender may delete a message.",
        );
      const [blanked] = await queries.blank({ ...place, senderId });
      if (blanked)
        bus.publish({
          kind: "conversation",
          conversationId: place.conversationId,
          version: blanked.version,
        });
      return get(place);
    },

    /** The message, whoever asks: for what has been found to be visible. */
    get,

    /** The message where the viewer may see it, else null (R3, R18). */
    async visible(
      viewer: Viewer,
      place: MessageRef,
    ): Promise<MessageRow | null> {
      const [visible, row] = await Promise.all([
        mayView(viewer, place.conversationId),
        rows.submit(place),
      ]);
      return visible?.has(place.seq) ? row : null;
    },

    /** Up to `limit` of the visible messages between two seqs, both excluded, in order. */
    async page(
      conversationId: string,
      visible: SeqSet,
      {
        above,
        below,
        limit,
        fromEnd,
      }: { above: number; below: number; limit: number; fromEnd: boolean },
    ): Promise<readonly MessageRow[]> {
      const values = {
        conversationId,
        visible: `${visible}`,
        above,
        below,
        limit,
      };
      return fromEnd
        ? (await queries.backward(values)).toReversed()
        : queries.forward(values);
    },
  };
}

function senderOf(viewer: Viewer, { senderId }: Draft): string {
  return senderId === null
    ? viewer.userId
    : checkId(["input", "senderId"], senderId);
}

function newMessage(senderId: string, draft: Draft): NewMessage {
  const { conversationId, clientId, body, type, fileType } = draft;
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  checkId(["input", "clientId"], clientId);
  if (body !== null) checkBody(["input", "body"], body);
  if (type === "") throw badInput(["input", "type"], "must not be empty.");
  checkLabel(["input", "type"], type, 128);
  if (fileType !== null) checkLabel(["input", "fileType"], fileType, 128);
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

function keyOf({
  senderId,
  clientId,
}: {
  senderId: string;
  clientId: string;
}): string {
  return `${senderId}\0${clientId}`;
}

function versionsOf(rows: Iterable<MessageRow>): Map<string, number> {
  return new Map([...rows].map((row) => [row.conversationId, row.version]));
}
