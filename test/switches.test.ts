import { expect, it } from "vitest";
import {
  converse,
  listener,
  rigForFile,
  viewer,
  type Listener,
} from "./support/hub.js";
import { waitFor } from "./support/wait.js";

const rig = rigForFile();

const resets = ({ events }: Listener) =>
  events.filter(
    (event) =>
      "messageStatusChanged" in event && event.messageStatusChanged.reset,
  ).length;

it("R20: a switch of which no notice is heard is found by the next sweep, and resets once", async () => {
  const { services, hub, bus } = rig();
  const one = await converse(services, "alice", ["bob"]);
  await converse(services, "alice", ["bob"]);
  const follow = async (conversationId: string | null, userId = "alice") => {
    const heard = listener();
    const stop = await hub.subscribe({
      ...{ kind: "status", viewer: viewer(userId), conversationId },
      ...{ sentByViewer: false, after: null },
      ...{ operation: heard.operation, sink: heard.sink },
    });
    return { heard, stop };
  };
  const followed = [await follow(one), await follow(null)];
  const bobs = await follow(one, "bob");
  bus.isDeaf = true;
  await services.users.setReadReceipts("alice", false);
  bus.isDeaf = false;
  await hub.sweep();
  for (const { heard } of followed)
    await waitFor(() => expect(resets(heard)).toBe(1));
  // Another that begins now knows of it.
  const later = await follow(null);
  await hub.sweep();
  await hub.sweep();
  expect(followed.map(({ heard }) => resets(heard))).toEqual([1, 1]);
  expect([resets(later.heard), resets(bobs.heard)]).toEqual([0, 0]);
  for (const { stop } of [...followed, later, bobs]) stop();
});

it("R20: a device that was away at the switch is told when it comes back, by either way, and once", async () => {
  const { services, hub } = rig();
  const id = await converse(services, "dora", ["bob"]);
  const { head, statusChanges } = services;
  const { version } = await services.conversations.get(id);
  const before = head.cursorOf(id, {
    ...(await services.changes.since(id, { version, lastSeq: 0 })).position,
  });
  await services.users.setReadReceipts("dora", false);
  for (const conversationId of [id, null]) {
    const heard = listener();
    const stop = await hub.subscribe({
      ...{ kind: "status", viewer: viewer("dora"), conversationId },
      ...{ sentByViewer: false, after: before },
      ...{ operation: heard.operation, sink: heard.sink },
    });
    await waitFor(() => expect(resets(heard)).toBe(1));
    await hub.sweep();
    expect(resets(heard)).toBe(1);
    stop();
    const page = (after: string, userId = "dora") =>
      statusChanges.page(viewer(userId), after, conversationId, 10);
    const { nodes, endCursor } = await page(before);
    expect(nodes.map(({ reset }) => reset)).toEqual([true]);
    expect((await page(endCursor)).nodes).toEqual([]);
    expect((await page(before, "bob")).nodes).toEqual([]);
  }
});
