import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';

/** The way to Temporal. It connects when it is first used and reconnects by itself. */
export interface Temporal {
  client: Client;
  /** Rejects when the frontend does not answer within 2 s. */
  ping: () => Promise<void>;
  close: () => Promise<void>;
}

const PING_DEADLINE_MS = 2_000;

/**
 * Opens nothing yet: the edge starts and takes calls while Temporal is away. gRPC calls have no deadline of their own,
 * so every use goes through `client.withDeadline`.
 * @param dataConverter the one that the workers have.
 */
export function openTemporal(address: string, namespace: string, dataConverter: DataConverter): Temporal {
  const connection = Connection.lazy({
    address,
    // gRPC's own backoff grows to two minutes; after an outage of Temporal the journal should drain within seconds.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 3_000 },
  });
  return {
    client: new Client({ connection, namespace, dataConverter }),
    ping: async () => {
      await connection.withDeadline(Date.now() + PING_DEADLINE_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
    },
    close: () => connection.close(),
  };
}
