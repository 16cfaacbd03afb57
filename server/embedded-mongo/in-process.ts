import { Engine, type EngineOptions } from './engine.ts';
import { WireServer } from './wire/server.ts';
import { privatePlace } from './wire/socket-place.ts';

/** A store that runs in the calling process: for tests. The product forks it (see supervisor.ts). */
export interface InProcessStore {
  /** Connection string; append a database by `new URL`-like means or the driver's `dbName`. */
  uri: string;
  engine: Engine;
  close(): Promise<void>;
}

/**
 * Opens a store over a directory and serves it on a private socket.
 * @throws StoreInUseError, DamagedStoreError, UnsupportedFormatError
 */
export async function openStoreInProcess(options: EngineOptions): Promise<InProcessStore> {
  const engine = await Engine.open(options);
  const server = new WireServer(engine);
  const place = privatePlace();
  const uri = await server.listen(place.listen);
  return {
    uri,
    engine,
    async close() {
      await server.close();
      await engine.close();
      place.clear();
    },
  };
}
