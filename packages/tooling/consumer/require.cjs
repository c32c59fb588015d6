'use strict';
const exercise = require('./exercise.cjs');

exercise({
  frame: require('@sokker/frame'),
  web: require('@sokker/frame/web'),
  handshake: require('@sokker/handshake'),
  deflate: require('@sokker/deflate'),
  connection: require('@sokker/connection'),
  server: require('@sokker/server'),
  client: require('@sokker/client'),
  cluster: require('@sokker/cluster'),
  ws: require('@sokker/ws'),
  testkit: require('@sokker/testkit'),
}).then(() => console.log('every package did its work'));
