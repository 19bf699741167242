import { AsyncLocalStorage } from "node:async_hooks";
import {
  createContextKey,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type Tracer as Spans,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  NodeTracerProvider,
} from "@opentelemetry/sdk-trace-node";
import { withDeadline } from "../foundation/deadline.js";
import { AppError } from "../foundation/errors.js";
import type {
  OpenSpan,
  RunningSpan,
  SpanAttributes,
  SpanKind,
  TraceContext,
  Tracer,
} from "../foundation/tracer.js";
import { pgErrorCode } from "../db/failure.js";

/** The spans that a batch without a span of its own is done for. */
const linksKey = createContextKey("acked.links");

/** A span has so many links at most. */
const maxLinks = 128;

const kinds: Record<SpanKind, Kind> = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  internal: Kind.INTERNAL,
};

/** How long a stop waits for the last spans to be sent. */
const closeMs = 500;

/**
 * Sends spans to an OTLP endpoint by the SDK of OpenTelemetry. The SDK reads its own settings from the
 * environment: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_*,
 * OTEL_EXPORTER_OTLP_HEADERS. Spans that can't be sent are dropped, and nothing waits for them.
 * @param onFailure spans could not be sent
 */
export function openTelemetry(
  endpoint: URL,
  version: string,
  onFailure: () => void,
): { tracer: Tracer; close: () => Promise<void> } {
  // The SDK's texts may hold headers and addresses: that it failed is all that is passed on.
  const ignore = () => undefined;
  diag.setLogger(
    {
      error: onFailure,
      ...{ warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          "service.name": "acked",
          "service.version": version,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: `${endpoint.href.replace(/\/$/, "")}/v1/traces`,
        }),
      ),
    ],
  });
  return {
    tracer: new OpenTelemetryTracer(provider.getTracer("acked", version)),
    close: () =>
      withDeadline(
        provider.shutdown().catch(() => onFailure()),
        closeMs,
      ),
  };
}

/** Our tracer on OpenTelemetry's. Contexts are handed on by storage of its own: nothing is registered globally. */
class OpenTelemetryTracer implements Tracer {
  private readonly spans: Spans;
  private readonly store = new AsyncLocalStorage<Context>();

  constructor(spans: Spans) {
    this.spans = spans;
  }

  current(): TraceContext {
    return this.store.getStore() ?? ROOT_CONTEXT;
  }

  span<T>(
    name: string,
    kind: SpanKind,
    attributes: SpanAttributes,
    work: (span: RunningSpan) => Promise<T>,
  ): Promise<T> {
    const context = this.store.getStore() ?? ROOT_CONTEXT;
    const links = (context.getValue(linksKey) ?? []) as Link[];
    return this.run(context, name, kind, attributes, links, work);
  }

  together<T>(
    name: string | null,
    items: readonly TraceContext[],
    work: () => Promise<T>,
  ): Promise<T> {
    const [first, second] = items as readonly Context[];
    const isAlone = second === undefined;
    const context = isAlone ? (first ?? ROOT_CONTEXT) : ROOT_CONTEXT;
    const links = isAlone ? [] : linksTo(items as readonly Context[]);
    if (name === null)
      return this.store.run(
        isAlone ? context : context.setValue(linksKey, links),
        work,
      );
    const attributes = { "acked.batch.size": items.length };
    return this.run(context, name, "internal", attributes, links, work);
  }

  begin(name: string, traceparent: string | undefined): OpenSpan {
    const caller = callerOf(traceparent);
    const span = this.spans.startSpan(name, { kind: Kind.SERVER }, caller);
    const context = trace.setSpan(caller, span);
    return {
      set: (attributes) => span.setAttributes(attributes),
      run: (work) => this.store.run(context, work),
      end(isOk) {
        if (!isOk) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  private run<T>(
    context: Context,
    name: string,
    kind: SpanKind,
    attributes: SpanAttributes,
    links: Link[],
    work: (span: RunningSpan) => Promise<T>,
  ): Promise<T> {
    const options = { kind: kinds[kind], attributes, links };
    const span = this.spans.startSpan(name, options, context);
    const inside = trace.setSpan(context.deleteValue(linksKey), span);
    return this.store.run(inside, async () => {
      try {
        return await work({
          set: (attributes) => span.setAttributes(attributes),
        });
      } catch (error) {
        markFailed(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }
}

/** The class or code of an error; never its text. */
function markFailed(span: Span, error: unknown): void {
  const code =
    error instanceof AppError
      ? error.code
      : (pgErrorCode(error) ?? "INTERNAL_SERVER_ERROR");
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function linksTo(items: readonly Context[]): Link[] {
  const bySpan = new Map<string, Link>();
  for (const item of items) {
    const context = trace.getSpanContext(item);
    if (context && bySpan.size < maxLinks)
      bySpan.set(context.spanId, { context });
  }
  return [...bySpan.values()];
}

/** https://www.w3.org/TR/trace-context/: `tracestate` is not taken over, for a client may put anything into it. */
function callerOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(
      traceparent ?? "",
    ) ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  const traceFlags = parseInt(flags, 16) & 1;
  const context = { traceId, spanId, traceFlags, isRemote: true };
  return trace.isSpanContextValid(context)
    ? trace.setSpanContext(ROOT_CONTEXT, context)
    : ROOT_CONTEXT;
}
