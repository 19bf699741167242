import { SeqSet } from "../../foundation/seq-set.js";
import type { Stay } from "./whereabouts-queries.js";
import type {
  ExportedLogRow,
  ExportedUser,
  ExportQueries,
} from "./export-queries.js";

/** One thing that is stored of a user. Times are RFC 3339 in UTC; runs are pairs of seqs, both included. */
export type ExportedLine = Readonly<Record<string, unknown>> & {
  readonly type:
    | "user"
    | "participation"
    | "message"
    | "receipt"
    | "flag"
    | "deletion"
    | "membership"
    | "conversationKey";
};

const page = 200;

/**
 * All that is stored of a user (R41), hidden reads too: the user, then each conversation with what they sent, received,
 * read, came and left, then what their clientIds made. Each page is read when the one before was taken.
 * @param stays the conversations that the user was ever in
 */
export async function* exportLines(
  queries: ExportQueries,
  user: ExportedUser,
  stays: readonly Stay[],
): AsyncGenerator<ExportedLine> {
  const { id: userId } = user;
  yield {
    type: "user",
    ...user,
    createdAt: instant(user.createdAt),
    deactivatedAt: instant(user.deactivatedAt),
  };
  for (const stay of stays) yield* linesOfStay(queries, userId, stay);
  yield* pages(
    "",
    (after) => queries.keys(userId, after, page),
    ({ clientId }) => clientId,
    (key) => ({ type: "conversationKey", ...key }),
  );
}

async function* linesOfStay(
  queries: ExportQueries,
  userId: string,
  stay: Stay,
): AsyncGenerator<ExportedLine> {
  const { conversationId } = stay;
  const participant = await queries.participant(conversationId, userId);
  if (!participant) return;
  const { role, isObserver, isToBeBroughtBack } = participant;
  const { joinedAt, leftAt, mutedUntil } = participant;
  const { member, delivered, read, hidden } = participant;
  yield {
    ...{ type: "participation", conversationId, role, isObserver },
    ...{ joinedAt: instant(joinedAt), leftAt: instant(leftAt) },
    ...{ isToBeBroughtBack, mutedUntil: instant(mutedUntil) },
    ...{ member: runsOf(member), delivered: runsOf(delivered) },
    ...{ read: runsOf(read), hidden: runsOf(hidden) },
    flagged: runsOf(participant.flagged ?? "{}"),
    mentionedIn: runsOf(participant.mentionedIn),
  };
  yield* pages(
    0,
    (after) => queries.messages(stay, after, page),
    ({ seq }) => seq,
    ({ sentAt, deletedAt, ...message }) => ({
      ...{ type: "message", conversationId, ...message },
      ...{ sentAt: instant(sentAt), deletedAt: instant(deletedAt) },
    }),
  );
  yield* pages(
    -1,
    (after) => queries.log(stay, after, page),
    ({ version }) => version,
    (row) => lineOfLog(conversationId, row),
  );
}

function lineOfLog(
  conversationId: string,
  { kind, fromSeq, toSeq, isHidden, ...row }: ExportedLogRow,
): ExportedLine {
  const at = instant(row.at);
  const messages = { fromSeq, toSeq };
  switch (kind) {
    case "DELIVERED":
    case "READ":
      return {
        type: "receipt",
        conversationId,
        kind,
        ...messages,
        at,
        isHidden,
      };
    case "PRIVATE":
      return { type: "flag", conversationId, ...messages, at };
    case "DELETED":
      return { type: "deletion", conversationId, ...messages, at };
    case "JOINED":
    case "LEFT":
      return { type: "membership", conversationId, kind, at };
  }
}

/** The lines of all pages: one page is read when the one before was taken. */
async function* pages<Row, Place>(
  first: Place,
  read: (after: Place) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
  lineOf: (row: Row) => ExportedLine,
): AsyncGenerator<ExportedLine> {
  for (let after = first; ;) {
    const rows = await read(after);
    yield* rows.map(lineOf);
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = placeOf(last);
  }
}

function instant(time: string): string;
function instant(time: string | null): string | null;
function instant(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** The end of a run that goes on is null. */
const runsOf = (set: string) =>
  SeqSet.parse(set).runs.map(({ from, to }) => [
    from,
    to === Infinity ? null : to,
  ]);
