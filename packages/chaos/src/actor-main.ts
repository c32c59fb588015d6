/** What a child process runs: one actor of one fault. Arguments: the fault's id, the actor's name, its setup as JSON. */
import { reportUncaught, serve } from './actor.js';
import { findFault } from './catalogue.js';

const [id = '', name = '', setup = 'null'] = process.argv.slice(2);
reportUncaught();
const make = findFault(id)?.actors[name];
if (make === undefined) throw new Error(`fault ${id} has no actor ${name}`);
void Promise.resolve(make(JSON.parse(setup) as never)).then(serve);
