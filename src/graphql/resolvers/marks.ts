import type { Viewer } from "../../auth/viewer.js";
import type { MessageKey } from "../../domain/messages/message-id.js";
import { refusalOf } from "../../domain/receipts/receipt-service.js";
import { badInput, notFound } from "../../foundation/errors.js";
import { checkKnownId, limits } from "../../foundation/limits.js";
import type { Services } from "../../services.js";
import type { Context } from "../context.js";
import type {
  MutationResolvers,
  ReceiptErrorCode,
  ReceiptInput,
  ReceiptKind,
} from "../generated/resolvers.js";
import { messageKey } from "../message-key.js";
import { cursorAt, seenVersion } from "../stream-cursor.js";

/** What users say that they have received or read. */
export const markMutations: Pick<
  MutationResolvers,
  | "markDelivered"
  | "markRead"
  | "bulkMarkDelivered"
  | "bulkMarkRead"
  | "syncReceipts"
> = {
  markDelivered: (_, { input }, context) =>
    markOne(context, "DELIVERED", input),
  markRead: (_, { input }, context) => markOne(context, "READ", input),
  bulkMarkDelivered: (_, { input }, context) =>
    markUpTo(context, "DELIVERED", input),
  bulkMarkRead: (_, { input }, context) => markUpTo(context, "READ", input),

  async syncReceipts(
    _,
    { input: { receipts } },
    { services, viewer, charged, holding },
  ) {
    const caller = viewer();
    if (receipts.length > limits.syncedMarks)
      throw badInput(
        ["input", "receipts"],
        `must be at most ${limits.syncedMarks}.`,
      );
    await charged("marks", receipts.length);
    const results = await holding("marks", receipts.length, async () => {
      // What the items name comes first, so that they are marked in their order whatever is looked up.
      const named = await Promise.all(
        receipts.map((receipt) => namedBy(services, receipt)),
      );
      return Promise.all(
        receipts.map((receipt, i) =>
          markInTurn(services, caller, receipt, named[i]),
        ),
      );
    });
    return { results };
  },
};

/** What an item of `syncReceipts` names, or the code that it is refused with (R30). */
type Named =
  | { readonly message: MessageKey; readonly seen: number | null }
  | { readonly error: ReceiptErrorCode };

async function namedBy(
  services: Services,
  { messageId, seen }: ReceiptInput,
): Promise<Named> {
  try {
    const message = messageKey(messageId);
    const { conversationId } = message;
    const path = ["input", "receipts", "seen"];
    return {
      message,
      seen: await seenVersion(services, conversationId, seen, path),
    };
  } catch (error) {
    return { error: refusalOf(error) };
  }
}

/** One mark of `syncReceipts`: a refusal is answered in its place (R30). */
async function markInTurn(
  { receipts }: Services,
  caller: Viewer,
  { messageId, kind, upTo = false }: ReceiptInput,
  named: Named = { error: "NOT_FOUND" },
) {
  const refused = (error: ReceiptErrorCode) => ({
    ...{ messageId, kind, changed: false, error },
  });
  if ("error" in named) return refused(named.error);
  const { message, seen } = named;
  try {
    const how = { upTo, seen };
    const { changed } = await receipts.mark(caller, kind, message, how);
    return { messageId, kind, changed, error: null };
  } catch (error) {
    return refused(refusalOf(error));
  }
}

/** What reads take beside deliveries. */
interface MarkInput {
  readonly seen?: string | null | undefined;
}

async function markOne(
  { services, charged }: Context,
  kind: ReceiptKind,
  { messageId, seen: cursor = null }: MarkInput & { messageId: string },
) {
  const caller = await charged("marks");
  const message = messageKey(messageId);
  const { conversationId } = message;
  const path = ["input", "seen"];
  const seen = await seenVersion(services, conversationId, cursor, path);
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: false, seen },
  );
  return {
    message: { ...message, conversation: { id: conversationId, position } },
    changed,
    cursor: cursorAt(services, conversationId, position),
  };
}

async function markUpTo(
  { services, charged }: Context,
  kind: ReceiptKind,
  {
    conversationId,
    upToMessageId,
    seen: cursor = null,
  }: MarkInput & { conversationId: string; upToMessageId: string },
) {
  const caller = await charged("marks");
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  const message = messageKey(upToMessageId, "upToMessageId");
  if (message.conversationId !== conversationId) throw notFound("message");
  const path = ["input", "seen"];
  const seen = await seenVersion(services, conversationId, cursor, path);
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: true, seen },
  );
  return {
    conversation: { id: conversationId, position },
    changed,
    cursor: cursorAt(services, conversationId, position),
  };
}
