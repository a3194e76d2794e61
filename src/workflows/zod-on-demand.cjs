/**
 * What `zod` means in the workflow bundle: the library, loaded when a schema is first made (`domain/lazily.ts`). Few
 * workflows ever check anything, and each has to load its own copy: one that is shared is frozen by the sandbox, and zod
 * 4 does not work frozen.
 */
exports.z = new Proxy(
  {},
  {
    get: (_, name) => require('zod/v4').z[name],
  },
);
