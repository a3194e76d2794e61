import { join } from 'node:path';
import { Service, type ServiceDefinition } from './service.js';
import { startReaper } from './reaper.js';

/** All processes of one stack, in the order in which they were engaged. */
export interface Crew {
  /** Starts a service and keeps it running. @throws StackError when it does not become ready. */
  engage: (definition: ServiceDefinition) => Promise<Service>;
  /** @throws Error when nothing of that name runs here. */
  find: (name: string) => Service;
  names: () => string[];
  /** Stops one after the other, last engaged first; services of one rank together. Leaves no process. */
  disband: () => Promise<void>;
  /** Ends everything at once. */
  kill: () => Promise<void>;
}

/**
 * @param logDir one log file per service.
 * @param ranks names in starting order; those of one rank do not need each other and stop together.
 */
export function createCrew(
  logDir: string,
  ranks: readonly (readonly string[])[],
  note: (line: string) => void,
): Crew {
  const reaper = startReaper();
  const services = new Map<string, Service>();
  let isOver = false;
  return {
    engage: async (definition) => {
      if (isOver) throw new Error('the stack is stopping');
      const { name } = definition.spec;
      const service = new Service(definition, { reaper, logPath: join(logDir, `${name}.log`), note });
      services.set(name, service);
      await service.start();
      return service;
    },
    find: (name) => {
      const service = services.get(name);
      if (!service) throw new Error(`no ${name} here; there are ${[...services.keys()].join(', ')}`);
      return service;
    },
    names: () => [...services.keys()],
    disband: async () => {
      isOver = true;
      for (const rank of ranks.toReversed()) {
        await Promise.all(rank.map(async (name) => services.get(name)?.dispose()));
      }
      await reaper.close();
    },
    kill: async () => {
      isOver = true;
      await Promise.all([...services.values()].map((service) => service.dispose(0)));
      await reaper.close();
    },
  };
}
