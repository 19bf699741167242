import { MessageInfoChangedDocument } from "acked/operations";
import { useEffect } from "react";
import { useApp } from "../app-context.js";
import { follow } from "../connection/follow.js";

/** Follows who receives and reads the messages of a conversation, by name, while a component shows it. */
export function useInfoFollowing(conversationId: string): void {
  const { connection, inbox } = useApp();
  useEffect(() => {
    const following = follow(
      connection,
      MessageInfoChangedDocument,
      (after) => ({ conversationId, first: 50, after }),
      inbox.cursor,
      ({ messageStatusChanged }) => messageStatusChanged.cursor,
    );
    return () => following.stop();
  }, [connection, inbox, conversationId]);
}
