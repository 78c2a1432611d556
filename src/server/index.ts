export { type Server, type ServerOptions, startServer } from './startServer.js';
