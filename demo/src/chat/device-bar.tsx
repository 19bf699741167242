import { useMutation, useQuery } from "@apollo/client/react";
import {
  SetReadReceiptsDocument,
  ViewerDocument,
} from "@acked/client/operations";
import { useSyncExternalStore } from "react";
import { useApp } from "../app-context.js";
import { Avatar } from "../controls/avatar.js";
import { Switch } from "../controls/switch.js";
import { useConnection, type ConnectionState } from "./use-connection.js";

const connectionTexts: Record<ConnectionState, string> = {
  online: "Connected",
  connecting: "Connecting…",
  offline: "Offline",
};

/** The owner of the device, its connection, and the two switches. */
export function DeviceBar() {
  const { me } = useApp();
  const connection = useConnection();
  return (
    <header className="device-bar">
      <Avatar name={me.name} />
      <div className="device-owner">
        <h1>{me.name}</h1>
        <p className="device-connection" data-connection={connection}>
          {connectionTexts[connection]}
        </p>
      </div>
      <OnlineSwitch />
      <ReadReceiptsSwitch />
    </header>
  );
}

function OnlineSwitch() {
  const { network } = useApp();
  const isOn = useSyncExternalStore(
    network.onChange,
    () => network.isSwitchedOn,
  );
  return <Switch label="Online" isOn={isOn} onSwitch={network.switchTo} />;
}

function ReadReceiptsSwitch() {
  const { inbox } = useApp();
  const { data } = useQuery(ViewerDocument, { fetchPolicy: "cache-only" });
  const [set] = useMutation(SetReadReceiptsDocument, {
    fetchPolicy: "network-only",
  });
  const switchTo = async (enabled: boolean) => {
    await set({ variables: { input: { enabled } } });
    // The reads of others are now shown or hidden, so every status may differ (R20).
    await inbox.reload();
  };
  return (
    <Switch
      label="Read receipts"
      isOn={data?.viewer.readReceipts ?? true}
      onSwitch={(enabled) => void switchTo(enabled).catch(() => undefined)}
    />
  );
}
