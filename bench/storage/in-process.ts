import { connect } from "../../src/db/connect.js";
import { createInProcessBus } from "../../src/bus/in-process-bus.js";
import { createServices, type Services } from "../../src/services.js";
import { secret } from "../support/tokens.js";

/** A node's services without its transport, on a pool of their own. */
export interface InProcess {
  readonly services: Services;
  close(): Promise<void>;
}

/** Opens the services of a node in this process, to fill a database as the service itself would. */
export async function openServices(url: string): Promise<InProcess> {
  const { db, close } = connect(url);
  const services = await createServices({
    db,
    bus: createInProcessBus(),
    cursorSecret: secret,
    sweepMs: 60_000,
    onError: (error) => {
      throw error;
    },
  });
  return {
    services,
    async close() {
      services.hub.close();
      await close();
    },
  };
}

/** A viewer with a token that never expires. */
export function asUser(userId: string) {
  return { userId, isService: false, expiresAtMs: Infinity };
}

/** Sends a number of messages to a conversation as one user, in order. */
export async function sendMessages(
  { messages }: Services,
  {
    conversationId,
    senderId,
    from,
    count,
  }: { conversationId: string; senderId: string; from: number; count: number },
): Promise<void> {
  const sender = asUser(senderId);
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      messages.send(sender, {
        conversationId,
        clientId: `${conversationId}-${from + i}`,
        body: `message ${from + i}`,
        type: "text",
        fileType: null,
        senderId: null,
      }),
    ),
  );
}
