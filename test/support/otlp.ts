import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a receiver finds it in a request. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The ids of the spans that it is linked to. */
  readonly links: readonly string[];
  readonly isError: boolean;
}

/** Receives traces by OTLP over HTTP, as a collector does. */
export async function startOtlpReceiver({ status = 200 } = {}): Promise<{
  readonly endpoint: string;
  readonly requests: number;
  /** All bytes that came. */
  readonly bytes: Buffer;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}> {
  const bodies: Buffer[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks));
      response.writeHead(status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get requests() {
      return bodies.length;
    },
    get bytes() {
      return Buffer.concat(bodies);
    },
    get spans() {
      return bodies.flatMap(spansIn);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** `opentelemetry/proto/trace/v1/trace.proto`, by the numbers of its fields. */
function spansIn(request: Buffer): ReceivedSpan[] {
  return all(request, 1) // ResourceSpans
    .flatMap((resource) => all(resource, 2)) // ScopeSpans
    .flatMap((scope) => all(scope, 2)) // Span
    .map((span) => ({
      traceId: first(span, 1).toString("hex"),
      spanId: first(span, 2).toString("hex"),
      parentSpanId: first(span, 4).toString("hex"),
      name: first(span, 5).toString(),
      attributes: Object.fromEntries(
        all(span, 9).map((pair) => [
          first(pair, 1).toString(),
          valueOf(first(pair, 2)),
        ]),
      ),
      links: all(span, 13).map((link) => first(link, 2).toString("hex")),
      isError: numberOf(first(span, 15), 3) === 2,
    }));
}

/** An AnyValue: a text, or a number. */
function valueOf(value: Buffer): string | number {
  const [text] = all(value, 1);
  return text ? text.toString() : numberOf(value, 3);
}

function first(message: Buffer, field: number): Buffer {
  return all(message, field)[0] ?? Buffer.alloc(0);
}

function all(message: Buffer, field: number): Buffer[] {
  return fieldsOf(message).flatMap((found) =>
    found.field === field && typeof found.value !== "number"
      ? [found.value]
      : [],
  );
}

function numberOf(message: Buffer, field: number): number {
  const found = fieldsOf(message).find((each) => each.field === field);
  return typeof found?.value === "number" ? found.value : 0;
}

/** The fields of a message: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(
  message: Buffer,
): { field: number; value: number | Buffer }[] {
  const fields: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const kind = tag & 7;
    const value =
      kind === 0 ? varint() : take(kind === 1 ? 8 : kind === 5 ? 4 : varint());
    fields.push({ field: tag >>> 3, value });
  }
  return fields;
}
