/** Where work belongs in a trace. Only a {@link Tracer} looks into it. */
export type TraceContext = object;

/** Names and numbers of our own: never an id, a text of a client or a value of a statement. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span that is under way. */
export interface RunningSpan {
  set(attributes: SpanAttributes): void;
}

/** A span that the caller ends. */
export interface OpenSpan extends RunningSpan {
  /** Runs work as part of the span. */
  run(work: () => void): void;
  end(isOk: boolean): void;
}

export type SpanKind = "server" | "client" | "internal";

/** Takes note of the work of this process. There is one only where traces are asked for. */
export interface Tracer {
  /** Where the running work belongs. */
  current(): TraceContext;
  /** Runs work as a span, part of the running one. */
  span<T>(
    name: string,
    kind: SpanKind,
    attributes: SpanAttributes,
    work: (span: RunningSpan) => Promise<T>,
  ): Promise<T>;
  /**
   * Runs work for several at once. Alone, its item has it as its part; of several items each is linked.
   * @param name the name of a span for the work; null for none, which leaves it to the spans in it
   */
  together<T>(
    name: string | null,
    items: readonly TraceContext[],
    work: () => Promise<T>,
  ): Promise<T>;
  /** Begins the span of a request, part of the caller's trace where the caller names one (`traceparent`). */
  begin(name: string, traceparent: string | undefined): OpenSpan;
}

let installed: Tracer | null = null;

/** Lets all work of this process be traced from now on; null ends it. */
export function installTracer(tracer: Tracer | null): void {
  installed = tracer;
}

/** The tracer of this process; null where nothing is traced, and tracing costs this look alone. */
export function currentTracer(): Tracer | null {
  return installed;
}

/** Runs work as a span where there is a tracer. */
export function inSpan<T>(
  name: string,
  kind: SpanKind,
  attributes: SpanAttributes,
  work: (span: RunningSpan | null) => Promise<T>,
): Promise<T> {
  return installed ? installed.span(name, kind, attributes, work) : work(null);
}

/** Where the running work belongs; null where nothing is traced. */
export function currentContext(): TraceContext | null {
  return installed?.current() ?? null;
}

/** Runs a batch for all of its items. */
export function forAll<T>(
  name: string | undefined,
  items: readonly { readonly context: TraceContext | null }[],
  work: () => Promise<T>,
): Promise<T> {
  if (!installed) return work();
  const contexts = items.flatMap(({ context }) => context ?? []);
  return installed.together(name ?? null, contexts, work);
}
