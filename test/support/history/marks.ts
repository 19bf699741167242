import type { Times } from "../faults/state.js";
import { rankOf, rankOfTimes, type Bounds, type Rank } from "./bounds.js";
import type { History, Kind } from "./history.js";
import { checkStatus } from "./statuses.js";
import { Violations, type Violation } from "./violation.js";

/** What somebody found of one message and recipient, between two moments. */
interface Sight {
  readonly times: Times | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

const words = ["PENDING", "DELIVERED", "READ"] as const;

/** Checks marks, and what queries tell of them at any time. */
export function checkMarks(history: History, bounds: Bounds): Violation[] {
  const violations = new Violations();
  checkAnswers(history, violations);
  checkReads(history, bounds, violations);
  checkSights(history, bounds, violations);
  checkChanged(history, bounds, violations);
  checkCounts(history, bounds, violations);
  return violations.found;
}

/** In the end counts are those of the states. */
function checkCounts(
  { truth }: History,
  bounds: Bounds,
  violations: Violations,
): void {
  for (const [key, told] of truth.statuses) {
    const [conversationId = "", seq = ""] = key.split(" ");
    const states = bounds
      .recipientsOf(conversationId, Number(seq))
      .map((userId) => rankOfTimes(truth.receipts.get(`${key} ${userId}`)));
    const delivered = states.filter((rank) => rank > 0).length;
    const read = states.filter((rank) => rank > 1).length;
    if (!told.endsWith(` ${delivered} ${read}`))
      violations.wrong(
        "R11",
        `message ${key} is ${told} in the end, delivered to ${delivered} and read by ${read}`,
      );
  }
}

/** What the marks were answered. */
function checkAnswers(
  { marks, truth, participants }: History,
  violations: Violations,
): void {
  for (const { userId, action, outcome } of marks) {
    const { conversationId, seq, messageId } = action;
    const key = `${conversationId} ${seq}`;
    const isIn = participants.get(conversationId)?.includes(userId) ?? false;
    const isThere = truth.messages.get(key)?.id === messageId;
    switch (outcome.kind) {
      case "unknown":
        break;
      case "fail":
        if (outcome.code === "RATE_LIMITED") break;
        if (outcome.code !== "NOT_FOUND")
          violations.wrong(
            "R28",
            `a mark of ${key} by ${userId} was ${outcome.code}`,
          );
        else if (isIn && isThere)
          violations.wrong(
            "R18",
            `${userId} was told that ${key} is not there`,
          );
        break;
      case "ok":
        if (!isIn)
          violations.wrong("R3", `a stranger, ${userId}, could mark ${key}`);
        else if (!isThere)
          violations.lost("R16", `message ${key}, which ${userId} has marked`);
    }
  }
}

/** The counts that queries told. */
function checkReads(
  { reads }: History,
  bounds: Bounds,
  violations: Violations,
): void {
  for (const { userId, action, outcome, invokedMs, endedMs } of reads) {
    if (outcome.kind === "fail" && outcome.code !== "RATE_LIMITED")
      violations.wrong("R28", `a query was ${outcome.code}`);
    if (outcome.kind !== "ok") continue;
    const when = { fromMs: invokedMs, toMs: endedMs, who: `${userId} asked` };
    for (const status of outcome.answer.statuses)
      checkStatus(bounds, action.conversationId, status, when, violations);
  }
}

/** The states of recipients, at the end and whenever somebody looked. */
function checkSights(
  history: History,
  bounds: Bounds,
  violations: Violations,
): void {
  for (const [key, sights] of sightsOf(history)) {
    const [conversationId = "", seq = "", userId = ""] = key.split(" ");
    const final = history.truth.receipts.get(key);
    let highest: { rank: Rank; toMs: number }[] = [];
    for (const { times, fromMs, toMs } of sights) {
      const rank = rankOfTimes(times);
      const { least, most } = bounds.of(
        ...([conversationId, Number(seq), userId] as const),
        ...([fromMs, toMs] as const),
      );
      if (rank < least)
        violations.lost(
          "R10",
          `the mark of ${key}: ${words[least]} was acknowledged, it was seen ${words[rank]}`,
        );
      if (rank > most)
        violations.wrong(
          "R9",
          `the mark of ${key}: it was seen ${words[rank]}, at most ${words[most]} was asked for`,
        );
      if (highest.some((one) => one.rank > rank && one.toMs < fromMs))
        violations.wrong(
          "R6",
          `the state of ${key} went back to ${words[rank]}`,
        );
      highest = [...highest.filter((one) => one.rank > rank), { rank, toMs }];
      checkFirst(key, times, final, violations);
    }
  }
}

/** The first time of each state stands (R7). */
function checkFirst(
  key: string,
  times: Times | undefined,
  final: Times | undefined,
  violations: Violations,
): void {
  if (!times || !final) return;
  for (const name of ["deliveredAt", "readAt"] as const)
    if (times[name] !== null && times[name] !== final[name])
      violations.wrong(
        "R7",
        `${name} of ${key} was ${times[name]}, and is ${String(final[name])}`,
      );
}

/** All that was seen of each message and recipient, by the end of the look, what is there at the end last. */
function sightsOf(history: History): Map<string, Sight[]> {
  const { reads, truth, participants } = history;
  const sights = new Map<string, Sight[]>();
  const add = (
    conversationId: string,
    seq: number,
    receipts: ReadonlyMap<string, Times>,
    span: Omit<Sight, "times">,
  ) => {
    const message = truth.messages.get(`${conversationId} ${seq}`);
    for (const userId of participants.get(conversationId) ?? []) {
      if (!message || userId === message.senderId) continue;
      const key = `${conversationId} ${seq} ${userId}`;
      const those = sights.get(key) ?? [];
      sights.set(key, those);
      those.push({ times: receipts.get(key), ...span });
    }
  };
  for (const call of reads.toSorted((a, b) => a.endedMs - b.endedMs)) {
    const { outcome, action, invokedMs, endedMs } = call;
    if (outcome.kind !== "ok") continue;
    const { statuses, receipts } = outcome.answer;
    for (const { seq } of statuses)
      add(action.conversationId, seq, receipts, {
        fromMs: invokedMs,
        toMs: endedMs,
      });
  }
  for (const key of truth.messages.keys()) {
    const [conversationId = "", seq = ""] = key.split(" ");
    const end = { fromMs: Infinity, toMs: Infinity };
    add(conversationId, Number(seq), truth.receipts, end);
  }
  return sights;
}

/** Of identical marks exactly one has changed something (R9). */
function checkChanged(
  { marks, base, truth }: History,
  bounds: Bounds,
  violations: Violations,
): void {
  const changed = new Map<string, number>();
  for (const { userId, action, outcome } of marks) {
    if (outcome.kind !== "ok" || !outcome.answer.changed) continue;
    const { conversationId, seq, kind, upTo } = action;
    const key = `${conversationId} ${seq}`;
    if (!upTo && truth.messages.get(key)?.senderId === userId)
      violations.wrong("R4", `a mark of ${key}, their own, changed something`);
    const mark = `${kind} ${key} by ${userId}${upTo ? ", and all before" : ""}`;
    const times = (changed.get(mark) ?? 0) + 1;
    changed.set(mark, times);
    // Up to a message there may be new things to mark, when somebody has joined: here nobody does.
    if (times === 2)
      violations.doubled("R9", `the mark ${mark} changed something twice`);
  }
  for (const [key, times] of truth.receipts) {
    const [conversationId = "", seq = "", userId = ""] = key.split(" ");
    const reached: Kind = times.readAt === null ? "DELIVERED" : "READ";
    if (rankOf(base.marks.get(key)) >= rankOf(reached)) continue;
    const made = bounds
      .marksOn(conversationId, Number(seq), userId)
      .filter(({ action }) => rankOf(action.kind) >= rankOf(reached));
    const isSaid = made.some(
      ({ outcome }) =>
        outcome.kind === "unknown" ||
        (outcome.kind === "ok" && outcome.answer.changed),
    );
    if (made.length > 0 && !isSaid)
      violations.wrong(
        "R9",
        `${reached} of ${key}: none of its marks was answered with changed: true`,
      );
  }
}
