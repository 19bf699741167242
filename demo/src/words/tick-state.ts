import type { MessageStatusFieldsFragment } from "@acked/client/operations";
import type { TickState } from "../controls/ticks.js";

/** The ticks of a stored message: two as soon as every recipient has it. */
export function tickState({
  overallStatus,
}: Pick<MessageStatusFieldsFragment, "overallStatus">): TickState {
  switch (overallStatus) {
    case "SENT":
    case "PARTIAL":
      return "sent";
    case "DELIVERED":
      return "delivered";
    case "READ":
      return "read";
  }
}
