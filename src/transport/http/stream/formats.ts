import type { ErrorCode } from "../../../foundation/errors.js";
import type { AnswerForm } from "../answer-form.js";

/** Why the server ends a stream before its subscription has ended. The client may subscribe again by its cursor. */
export interface Ending {
  readonly reason: string;
  readonly code: ErrorCode;
}

export const endings = {
  goingAway: { reason: "Going away", code: "UNAVAILABLE" },
  /** The token of the request has reached its expiry (R21). */
  tokenExpired: { reason: "Token expired", code: "UNAUTHENTICATED" },
} as const satisfies Readonly<Record<string, Ending>>;

/** How results are written into the body of a response that goes on. */
export interface StreamFormat {
  readonly contentType: string;
  /** What the body begins with. */
  readonly opening: string;
  /** One result. The bytes are the same for all streams of this format. */
  frame(payload: Buffer): Buffer;
  /** Shows that the server is there. */
  readonly heartbeat: string;
  /** The subscription has ended. */
  readonly complete: string;
  /** The stream ends, and the subscription has not ended. */
  broken(ending: Ending): string;
}

/** Makes frames once for all streams: subscribers of the same result are handed the same payload. */
function framing(before: string, after: string): StreamFormat["frame"] {
  const [head, tail] = [Buffer.from(before), Buffer.from(after)];
  const frames = new WeakMap<Buffer, Buffer>();
  return (payload) => {
    const known = frames.get(payload);
    if (known) return known;
    const frame = Buffer.concat([head, payload, tail]);
    frames.set(payload, frame);
    return frame;
  };
}

const boundary = "graphql";
const partHead = "\r\ncontent-type: application/json\r\n\r\n";
/** It follows each part, so that clients need not wait for the next part to know where this one ends. */
const delimiter = `\r\n--${boundary}`;
const part = (text: string) => `${partHead}${text}${delimiter}`;

export const streamFormats: Readonly<
  Record<Exclude<AnswerForm, "json">, StreamFormat>
> = {
  /**
   * Distinct connections of graphql-sse
   * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): one operation for each request. A
   * stream that ends without `complete` was lost: clients ask again. The reason is a comment.
   */
  "event-stream": {
    contentType: "text/event-stream; charset=utf-8",
    opening: ":\n\n",
    frame: framing("event: next\ndata: ", "\n\n"),
    heartbeat: ":\n\n",
    complete: "event: complete\ndata: \n\n",
    broken: ({ reason }) => `: ${reason}\n\n`,
  },
  /**
   * Apollo's multipart protocol
   * (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol). A part
   * without a payload and with errors is the end of the stream.
   */
  multipart: {
    contentType: `multipart/mixed; boundary="${boundary}"; subscriptionSpec="1.0"`,
    opening: `--${boundary}${part("{}")}`,
    frame: framing(`${partHead}{"payload":`, `}${delimiter}`),
    heartbeat: part("{}"),
    complete: "--\r\n",
    broken: ({ reason, code }) =>
      part(
        JSON.stringify({
          payload: null,
          errors: [{ message: `${reason}.`, extensions: { code } }],
        }),
      ) + "--\r\n",
  },
};
