/** What a contender is told. */
export type Command =
  | {
      readonly kind: "fire";
      /** For the raw socket: how many bytes to send. */
      readonly bytes: number;
      readonly userId: string;
      readonly conversationId: string;
      readonly seq: number;
      /** The conversation's version before. */
      readonly version: number;
    }
  | { readonly kind: "cpu" }
  | { readonly kind: "stop" };

/** What it answers. */
export type Reply =
  | { readonly kind: "ready"; readonly port: number }
  | { readonly kind: "fired" }
  | { readonly kind: "cpu"; readonly micros: number; readonly rss: number };
