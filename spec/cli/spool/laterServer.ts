import { type Server, startServer } from '../../../src/server/startServer.js';
import { type FaultServer, startFaultServer } from '../../../src/testing/faultServer.js';
import { KEY, startRun, temporaryFolder } from './keptRun.js';

const options = () => ({ dataDir: temporaryFolder(), apiKey: KEY });

/** A platform that is not there yet: its address, and a way to start it. */
export const laterServer = async (): Promise<{ readonly url: string; begin(): Promise<Server> }> => {
  const kept = options();
  const { url, port, close } = await startServer(kept);
  await close();
  return { url, begin: () => startServer({ ...kept, port }) };
};

/** The streams that a platform has, newest first. */
export const streamsOf = async (url: string): Promise<readonly { name: string; state: string; frames: number }[]> =>
  (await fetch(`${url}/streams`, { headers: { 'x-api-key': KEY } })).json() as never;

/** A spool with a session that has ended, and of which the platform has refused the first chunk that came. */
export const refusedRun = async (root: string): Promise<{ readonly server: Server; readonly faults: FaultServer }> => {
  const server = await startServer(options());
  const faults = await startFaultServer({ target: server.url });
  faults.script('presign', [{ type: 'answer', status: 422, body: '{"detail":"not such a chunk"}' }]);
  const platform = await startRun(root, { endpoint: faults.url });
  await platform.close();
  return { server, faults };
};
