import { useState } from "react";
import { useApp } from "../app-context.js";

/** The button above the oldest message. */
export function EarlierMessages({
  conversationId,
}: {
  conversationId: string;
}) {
  const { inbox } = useApp();
  const [isLoading, setLoading] = useState(false);
  const load = async () => {
    setLoading(true);
    await inbox.earlier(conversationId).catch(() => undefined);
    setLoading(false);
  };
  return (
    <button
      type="button"
      className="quiet-button earlier"
      disabled={isLoading}
      onClick={() => void load()}
    >
      Earlier messages
    </button>
  );
}
