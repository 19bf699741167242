import { MessageInfoChangedDocument } from "@acked/client/operations";
import { useEffect } from "react";
import { useApp } from "../app-context.js";
import { followByApollo } from "../connection/follow-by-apollo.js";

/** Keeps the recipients of a conversation's messages up to date while a component shows them. */
export function useInfoFollowing(conversationId: string): void {
  const { connection, inbox } = useApp();
  useEffect(() => {
    const following = followByApollo(connection, MessageInfoChangedDocument, {
      conversationId,
      first: 50,
      after: inbox.cursor,
    });
    return () => following.stop();
  }, [connection, inbox, conversationId]);
}
