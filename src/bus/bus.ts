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
  | { readonly kind: "user"; readonly userId: string };

/** Carries notices between nodes, and between the parts of one node. */
export interface Bus {
  /** Tells all listeners, soon. Call it after the commit. */
  publish(notice: Notice): void;
  /** @returns a function that ends the listening */
  listen(listener: (notice: Notice) => void): () => void;
  close(): Promise<void>;
}
