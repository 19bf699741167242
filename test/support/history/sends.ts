import type { Call, History } from "./history.js";
import { Violations, type Violation } from "./violation.js";

type SendCall = History["sends"][number];

/** All attempts to send one message: the same sender, conversation and client id. */
interface Attempts {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly calls: SendCall[];
}

/** Checks what became of messages: each acknowledged one is there once, in the order of time. */
export function checkSends(history: History): Violation[] {
  const violations = new Violations();
  const attempts = attemptsOf(history);
  for (const one of attempts.values()) checkAnswers(history, one, violations);
  for (const conversationId of history.participants.keys()) {
    checkStored(history, conversationId, attempts, violations);
    checkOrder(
      conversationId,
      [...attempts.values()].filter(
        (one) => one.conversationId === conversationId,
      ),
      violations,
    );
  }
  return violations.found;
}

function keyOf(conversationId: string, senderId: string, clientId: string) {
  return `${conversationId} ${senderId} ${clientId}`;
}

function attemptsOf({ sends }: History): Map<string, Attempts> {
  const attempts = new Map<string, Attempts>();
  for (const call of sends) {
    const { userId: senderId, action } = call;
    const key = keyOf(action.conversationId, senderId, action.clientId);
    const one = attempts.get(key) ?? { ...action, senderId, calls: [] };
    attempts.set(key, one);
    one.calls.push(call);
  }
  return attempts;
}

function isOk<Action, Answer>(
  call: Call<Action, Answer>,
): call is Call<Action, Answer> & {
  outcome: { kind: "ok"; answer: Answer };
} {
  return call.outcome.kind === "ok";
}

/** What was answered to the attempts at one message. */
function checkAnswers(
  { base, truth }: History,
  { conversationId, clientId, senderId, calls }: Attempts,
  violations: Violations,
): void {
  const ok = calls.filter(isOk);
  const [first] = ok;
  for (const { outcome } of calls)
    if (outcome.kind === "fail" && outcome.code !== "RATE_LIMITED")
      violations.wrong("R28", `a send of ${clientId} was ${outcome.code}`);
  if (!first) return;
  const { id, seq } = first.outcome.answer;
  const places = new Set(ok.map((call) => call.outcome.answer.seq));
  if (places.size > 1)
    violations.doubled(
      "R17",
      `${clientId} of ${senderId} was acknowledged as the messages ${[...places].join(", ")}`,
    );
  const stored = ok.filter((call) => !call.outcome.answer.duplicate).length;
  const isOfBase = [...base.messages.values()].includes(clientId);
  const mayBeUnseen = calls.some(({ outcome }) => outcome.kind === "unknown");
  if (stored > 1)
    violations.doubled(
      "R17",
      `${stored} answers say that they have stored ${clientId}`,
    );
  if (stored === 0 && !isOfBase && !mayBeUnseen)
    violations.wrong("R17", `no answer says that it has stored ${clientId}`);
  const key = `${conversationId} ${seq}`;
  const there = truth.messages.get(key);
  if (!there) violations.lost("R16", `message ${key}, ${clientId}`);
  else if (
    there.clientId !== clientId ||
    there.id !== id ||
    there.senderId !== senderId
  )
    violations.lost(
      "R16",
      `message ${key}, ${clientId}: another message is there`,
    );
}

/** What is there at the end. */
function checkStored(
  { base, truth }: History,
  conversationId: string,
  attempts: ReadonlyMap<string, Attempts>,
  violations: Violations,
): void {
  const prefix = `${conversationId} `;
  const seen = new Map<string, string>();
  let count = 0;
  for (const [key, { clientId, senderId }] of truth.messages) {
    if (!key.startsWith(prefix)) continue;
    count++;
    const before = seen.get(`${senderId} ${clientId}`);
    if (before !== undefined)
      violations.doubled("R17", `${before} and ${key} are both ${clientId}`);
    seen.set(`${senderId} ${clientId}`, key);
    const sent = attempts.get(keyOf(conversationId, senderId, clientId));
    const wasTried = sent?.calls.some(({ outcome }) => outcome.kind !== "fail");
    if (!wasTried && base.messages.get(key) !== clientId)
      violations.doubled("R17", `nobody has sent message ${key}, ${clientId}`);
  }
  for (let seq = 1; seq <= count; seq++)
    if (!truth.messages.has(`${prefix}${seq}`))
      violations.wrong("R16", `there is no message ${prefix}${seq}`);
  for (const [key, clientId] of base.messages)
    if (
      key.startsWith(prefix) &&
      truth.messages.get(key)?.clientId !== clientId
    )
      violations.lost("R16", `message ${key}, which was there before`);
}

/** A message that was acknowledged before another was sent has a lower number. */
function checkOrder(
  conversationId: string,
  attempts: readonly Attempts[],
  violations: Violations,
): void {
  const placed = attempts
    .flatMap(({ clientId, calls }) => {
      const ok = calls.filter(isOk);
      const [first] = ok;
      if (!first) return [];
      return [
        {
          clientId,
          seq: first.outcome.answer.seq,
          invokedMs: Math.min(...calls.map(({ invokedMs }) => invokedMs)),
          endedMs: Math.min(...ok.map(({ endedMs }) => endedMs)),
        },
      ];
    })
    .sort((a, b) => a.seq - b.seq);
  let latest = { invokedMs: -Infinity, seq: 0 };
  for (const { seq, invokedMs, endedMs, clientId } of placed) {
    if (endedMs < latest.invokedMs)
      violations.wrong(
        "R16",
        `message ${conversationId} ${seq}, ${clientId}, was acknowledged before message ${latest.seq} was sent`,
      );
    if (invokedMs > latest.invokedMs) latest = { invokedMs, seq };
  }
}
