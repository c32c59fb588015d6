import { fixtures, runClosingFixtures } from '../src/index.js';
import { connection } from './adapters/connection.js';

describe('I Closing handshake: Connection', () => runClosingFixtures(connection, test, fixtures.closing.fixtures));
