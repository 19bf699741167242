/**
 * A notice that something changed: where to look, never what it was. One that is lost, doubled or
 * late does no harm.
 */
export type Notice =
  /** The conversation stands at this version, or later. */
  | {
      readonly kind: "conversation";
      readonly conversationId: string;
      readonly version: number;
      /** The transaction that made the version; null where that is not at hand. */
      readonly xid: number | null;
    }
  /** The user's conversations or preferences changed. */
  | { readonly kind: "user"; readonly userId: string }
  /** Another profile is stored of the user. */
  | { readonly kind: "profile"; readonly userId: string };

/** Carries notices between nodes, and between the parts of one node. */
export interface Bus {
  /** Whether other nodes hear this node, as far as it can tell. A node that is alone always is. */
  readonly isConnected: boolean;
  /**
   * Tells all listeners: those of this node at once, those of other nodes soon, at most once and mostly in
   * order. Call it after the commit.
   */
  publish(notice: Notice): void;
  /**
   * @param compare called where notices may have been lost, or came from a node that was not known before:
   * what the listener has is to be compared with the database now
   * @returns a function that ends the listening
   */
  listen(listener: (notice: Notice) => void, compare?: () => void): () => void;
  /** Sends what waits, and tells the other nodes that this one leaves. Takes half a second at most. */
  close(): Promise<void>;
}
