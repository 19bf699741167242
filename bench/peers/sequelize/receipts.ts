import { Op, UniqueConstraintError } from "sequelize";
import { Message, Participant, Receipt } from "./models.js";

/** The marks that clients send. */
export type Kind = "delivered" | "read";

/** The event that a room gets. */
export interface StatusEvent {
  readonly messageId: number;
  readonly userId: string;
  readonly kind: Kind;
  readonly totalRecipients: number;
  readonly deliveredCount: number;
  readonly readCount: number;
}

/** Tells a conversation's room. */
export type Broadcast = (conversationId: string, event: StatusEvent) => void;

/** The error for a message that the caller can't see. */
export class NotFoundError extends Error {}

/** Marks one message: finds the row and writes it, counts, tells the room. */
export async function mark(
  userId: string,
  messageId: number,
  kind: Kind,
  broadcast: Broadcast,
): Promise<StatusEvent> {
  const message = await Message.findByPk(messageId);
  if (!message) throw new NotFoundError();
  await assertParticipant(message.conversationId, userId);
  await write(userId, messageId, kind);
  return tell(userId, message, kind, broadcast);
}

async function assertParticipant(
  conversationId: string,
  userId: string,
): Promise<void> {
  if (!(await Participant.findOne({ where: { conversationId, userId } })))
    throw new NotFoundError();
}

async function tell(
  userId: string,
  { id: messageId, conversationId }: Message,
  kind: Kind,
  broadcast: Broadcast,
): Promise<StatusEvent> {
  const [participants, deliveredCount, readCount] = await Promise.all([
    Participant.count({ where: { conversationId } }),
    Receipt.count({ where: { messageId } }),
    Receipt.count({ where: { messageId, readAt: { [Op.ne]: null } } }),
  ]);
  const totalRecipients = participants - 1;
  const counts = { totalRecipients, deliveredCount, readCount };
  const event = { messageId, userId, kind, ...counts };
  broadcast(conversationId, event);
  return event;
}

async function write(
  userId: string,
  messageId: number,
  kind: Kind,
): Promise<void> {
  const now = new Date();
  const receipt = await Receipt.findOne({ where: { messageId, userId } });
  if (receipt) {
    if (kind === "read" && receipt.readAt === null)
      await receipt.update({ readAt: now });
    return;
  }
  const readAt = kind === "read" ? now : null;
  try {
    await Receipt.create({ messageId, userId, deliveredAt: now, readAt });
  } catch (error) {
    // Another device has just made the row.
    if (!(error instanceof UniqueConstraintError)) throw error;
    await write(userId, messageId, kind);
  }
}

/** Marks every message up to one as read, one after the other, and tells the room of the last. */
export async function markUpTo(
  userId: string,
  conversationId: string,
  upToMessageId: number,
  broadcast: Broadcast,
): Promise<number> {
  await assertParticipant(conversationId, userId);
  const messages = await Message.findAll({
    where: {
      conversationId,
      id: { [Op.lte]: upToMessageId },
      senderId: { [Op.ne]: userId },
    },
    order: ["id"],
  });
  for (const { id } of messages) await write(userId, id, "read");
  const last = messages.at(-1);
  if (last) await tell(userId, last, "read", broadcast);
  return messages.length;
}
