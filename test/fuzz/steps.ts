import fc from "fast-check";
import type { GraphQLSchema } from "graphql";
import { operations, type Operation } from "./documents.js";
import { strangeText, strangeValue } from "./values.js";

/** Who sends something. */
export type Sender = "member" | "stranger" | "service" | "nobody" | "forger";

/** What a socket sends: bytes go past the framing of WebSocket, in base64. */
export type Frame =
  | { readonly init: Sender }
  | { readonly message: unknown }
  | { readonly text: string }
  | { readonly bytes: string }
  /** Waits until the server has handled all before it. */
  | { readonly settle: true };

/** Something that a client does. All of it is JSON, so that a step can be kept as a case. */
export type Step =
  | { readonly http: Operation; readonly as: Sender }
  /** A body that need not be JSON. */
  | { readonly body: string; readonly type: string; readonly as: Sender }
  /** Bytes on a connection of their own, in latin1. */
  | { readonly tcp: string }
  | { readonly socket: readonly Frame[] };

const sender = fc.constantFrom<Sender>(
  ...(["member", "member", "member", "stranger", "service"] as const),
  ...(["nobody", "forger"] as const),
);

/** Operations over HTTP. */
export function requests(schema: GraphQLSchema): fc.Arbitrary<Step> {
  const operation = operations(schema);
  const type = fc.constantFrom(
    ...["application/json", "application/json; charset=utf-16", "text/plain"],
    ...["application/graphql", "multipart/form-data; boundary=x", "", "a/b/c"],
  );
  const body = fc.oneof(
    operation.map((each) => JSON.stringify(each)),
    operation.map((each) => `[${JSON.stringify(each)}]`),
    operation.chain((each) => {
      const text = JSON.stringify(each);
      return fc.nat({ max: text.length }).map((n) => text.slice(0, n));
    }),
    strangeText,
    fc.json(),
    fc.constant('{"__proto__":{"query":"{ viewer { id } }"}}'),
    fc.constant(
      '{"query":"{ viewer { id } }","constructor":{"prototype":{"x":1}}}',
    ),
  );
  return fc.oneof(
    { arbitrary: fc.record({ http: operation, as: sender }), weight: 8 },
    { arbitrary: fc.record({ body, type, as: sender }), weight: 2 },
    { arbitrary: tcp, weight: 1 },
  );
}

/** HTTP by hand: many requests in one piece, and heads that are not right. */
const tcp: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "get"),
    fc.constantFrom("/graphql", "/livez", "/readyz", "/x", "//", "*", "/%00"),
    fc.array(
      fc.constantFrom(
        ...["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings"],
        ...["Upgrade: websocket", "Sec-WebSocket-Version: 13"],
        ...["Content-Length: 5", "Content-Length: 2", "Expect: 100-continue"],
        ...["Transfer-Encoding: chunked", "Transfer-Encoding: xchunked"],
        ...["Content-Type: application/json", "Accept: text/html", " fold"],
        `X: ${"y".repeat(9_000)}`,
      ),
      { maxLength: 5 },
    ),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(([method, path, headers, times]) => ({
    tcp: [`${method} ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""]
      .join("\r\n")
      .repeat(times),
  }));

const ids = fc.constantFrom(
  ...["1", "1", "2", "3", "__proto__", "constructor", "", "\0", "🏃"],
  "x".repeat(5_000),
);

/** Sockets whose messages come in any order. */
export function conversations(schema: GraphQLSchema): fc.Arbitrary<Step> {
  const subscribe = fc
    .record({ id: ids, payload: operations(schema) })
    .map(({ id, payload }) => ({ id, type: "subscribe", payload }));
  const types = fc.constantFrom(
    ...["connection_init", "connection_ack", "ping", "pong", "subscribe"],
    ...["next", "error", "complete", "start", "__proto__", "toString"],
  );
  const message = fc.oneof(
    { arbitrary: subscribe, weight: 10 },
    {
      arbitrary: fc.record({ type: fc.constant("complete"), id: ids }),
      weight: 4,
    },
    {
      arbitrary: fc.record({ type: fc.constantFrom("ping", "pong") }),
      weight: 1,
    },
    {
      arbitrary: fc.record(
        { type: types, id: fc.oneof(ids, strangeValue), payload: strangeValue },
        { requiredKeys: ["type"] },
      ),
      weight: 1,
    },
  );
  const frame: fc.Arbitrary<Frame> = fc.oneof(
    { arbitrary: fc.record({ message }), weight: 12 },
    { arbitrary: fc.constant<Frame>({ settle: true }), weight: 2 },
    { arbitrary: fc.record({ init: sender }), weight: 1 },
    { arbitrary: fc.record({ text: strangeText }), weight: 1 },
    {
      arbitrary: message.chain((each) => {
        const text = JSON.stringify(each);
        return fc
          .nat({ max: text.length })
          .map((n) => ({ text: text.slice(0, n) }));
      }),
      weight: 1,
    },
    { arbitrary: fc.record({ bytes: rawFrame }), weight: 1 },
  );
  return fc
    .tuple(
      fc.constantFrom<Frame[]>(
        ...Array.from({ length: 8 }, (): Frame[] => [{ init: "member" }]),
        [{ init: "stranger" }],
        [{ init: "service" }],
        [],
      ),
      fc.array(frame, { maxLength: 25 }),
    )
    .map(([first, rest]) => ({ socket: [...first, ...rest] }));
}

/** A frame whose head says anything, in base64. */
const rawFrame = fc
  .tuple(
    fc.nat({ max: 255 }),
    fc.nat({ max: 255 }),
    fc.uint8Array({ maxLength: 140 }),
  )
  .map(([first, second, rest]) =>
    Buffer.from([first, second, ...rest]).toString("base64"),
  );
