// Stands where node:stream would: the Transforms of @sokker/frame are not for browsers, its Web Streams are. For
// bundlers and development servers that evaluate what is not used.

export class Transform {}
