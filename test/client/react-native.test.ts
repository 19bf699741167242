import { describe, expect, it, vi } from "vitest";
import {
  deviceConnectivity,
  textStorage,
  viewability,
} from "../../packages/client/src/react-native.js";
import type { QueueEntry } from "../../packages/client/src/index.js";

const entry = (key: string): QueueEntry => ({ key, queuedAtMs: 1 });

describe("textStorage", () => {
  it.each([
    ["as AsyncStorage, by promises", true],
    ["as MMKV, at once", false],
  ])("keeps a queue %s", async (_, isAsync) => {
    const texts = new Map<string, string>();
    const store = {
      get: (key: string) =>
        isAsync ? Promise.resolve(texts.get(key) ?? null) : texts.get(key),
      set: (key: string, text: string) => {
        texts.set(key, text);
        return isAsync ? Promise.resolve() : undefined;
      },
    };
    const storage = textStorage(store, "acked-receipts:bob");
    expect(await storage.load()).toEqual([]);
    await storage.update([entry("a"), entry("b")], []);
    await storage.update([entry("c")], ["a"]);
    expect(await textStorage(store, "acked-receipts:bob").load()).toEqual([
      ...[entry("b"), entry("c")],
    ]);
    expect(await textStorage(store, "acked-receipts:carol").load()).toEqual([]);
  });
});

describe("deviceConnectivity", () => {
  it("calls back when the network is back and when the app is active again, until it is stopped", () => {
    const network: ((state: { isConnected: boolean | null }) => void)[] = [];
    const app: ((state: string) => void)[] = [];
    const stopNetwork = vi.fn();
    const remove = vi.fn();
    const listener = vi.fn();
    const stop = deviceConnectivity(
      {
        addEventListener: (each) => {
          network.push(each);
          return stopNetwork;
        },
      },
      {
        addEventListener: (_type, each) => {
          app.push(each);
          return { remove };
        },
      },
    ).onOnline(listener);
    network[0]?.({ isConnected: false });
    app[0]?.("background");
    expect(listener).not.toHaveBeenCalled();
    network[0]?.({ isConnected: true });
    app[0]?.("active");
    expect(listener).toHaveBeenCalledTimes(2);
    stop();
    expect([stopNetwork, remove].map(({ mock }) => mock.calls.length)).toEqual([
      ...[1, 1],
    ]);
  });
});

describe("viewability", () => {
  it("marks up to the newest message of another, and leaves own and waiting ones alone", () => {
    const readUpTo = vi.fn();
    const props = viewability({ receipts: { readUpTo }, userId: "bob" });
    const item = (seq: number, sender: string) => ({
      item: {
        id: `m${seq}`,
        seq,
        sender: { id: sender },
        conversation: { id: "c" },
      },
    });
    props.onViewableItemsChanged({
      viewableItems: [
        ...[item(2, "alice"), item(3, "alice"), item(4, "bob")],
        { item: { draft: { body: "on its way" } } },
      ],
    });
    expect(readUpTo).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: "m3", seq: 3, conversationId: "c" }),
    );
    props.onViewableItemsChanged({ viewableItems: [item(4, "bob")] });
    expect(readUpTo).toHaveBeenCalledOnce();
  });
});
