/** How an operation over HTTP is answered: at once, or as a stream of results. */
export type AnswerForm = "json" | "event-stream" | "multipart";

/** A media range of an `Accept` header (RFC 9110, 12.5.1), its text in lower case without spaces and quotes. */
interface Range {
  readonly type: string;
  readonly parameters: readonly string[];
  readonly weight: number;
}

/**
 * The form that a client prefers for a query or mutation: JSON, unless the client prefers
 * `text/event-stream`, as graphql-sse does.
 */
export function formOfAnswer(accept: string | undefined): AnswerForm {
  for (const range of rangesOf(accept)) {
    if (isJson(range)) return "json";
    if (range.type === "text/event-stream") return "event-stream";
  }
  return "json";
}

/**
 * The form that a client prefers for a subscription: graphql-sse's distinct connections, or Apollo's
 * multipart protocol, whose clients name its version. Null where the client takes neither.
 */
export function formOfSubscription(
  accept: string | undefined,
): Exclude<AnswerForm, "json"> | null {
  for (const { type, parameters } of rangesOf(accept)) {
    if (type === "text/event-stream") return "event-stream";
    if (type === "multipart/mixed" && parameters.includes(subscriptionSpec))
      return "multipart";
  }
  return null;
}

const subscriptionSpec = "subscriptionspec=1.0";

function isJson({ type }: Range): boolean {
  return /^(application\/(graphql-response\+)?json|application\/\*|\*\/\*)$/.test(
    type,
  );
}

/** The media ranges of an `Accept` header that are wanted at all, the most wanted first. */
function rangesOf(accept = ""): Range[] {
  return accept
    .toLowerCase()
    .replaceAll(/[\s"]/g, "")
    .split(",")
    .map((text): Range => {
      const [type = "", ...parameters] = text.split(";");
      const given = parameters.find((text) => text.startsWith("q="));
      const weight = given === undefined ? 1 : Number(given.slice(2));
      return { type, parameters, weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}
