export { type LocalOptions, type LocalPlatform, local } from './local.js';
export { type Server, type ServerOptions, startServer } from './startServer.js';
