import * as client from '@sokker/client';
import * as cluster from '@sokker/cluster';
import * as connection from '@sokker/connection';
import * as deflate from '@sokker/deflate';
import * as frame from '@sokker/frame';
import * as web from '@sokker/frame/web';
import * as handshake from '@sokker/handshake';
import * as server from '@sokker/server';
import * as testkit from '@sokker/testkit';
import * as ws from '@sokker/ws';
import exercise from './exercise.cjs';

await exercise({ frame, web, handshake, deflate, connection, server, client, cluster, ws, testkit });
console.log('every package did its work');
