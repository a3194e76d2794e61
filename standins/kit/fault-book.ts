/** The faults that are ordered, and which of them meets a request. */
import type { Fault, Faults } from './faults.js';

const WORD = /[\w.-]+/g;

export function createFaults(): Faults {
  const faults = new Map<string, Fault>();
  /** Those that ask for no word. */
  const plain = new Set<Fault>();
  /** There may be thousands, each for one record: they are found by their words. */
  const byWord = new Map<string, Fault[]>();
  let added = 0;
  const first = (candidates: Iterable<Fault>, method: string, path: string): Fault | undefined => {
    for (const fault of candidates) if (strikes(fault, method, path)) return fault;
    return undefined;
  };
  const forget = (gone: Fault): void => {
    const { holds } = gone.match;
    faults.delete(gone.id);
    plain.delete(gone);
    if (holds === undefined) return;
    const left = (byWord.get(holds) ?? []).filter((fault) => fault !== gone);
    if (left.length > 0) byWord.set(holds, left);
    else byWord.delete(holds);
  };
  return {
    add: (order) => {
      added += 1;
      const fault = { ...order, id: `fault-${added}`, hits: 0, passed: 0 };
      faults.set(fault.id, fault);
      const { holds } = fault.match;
      if (holds === undefined) plain.add(fault);
      else byWord.set(holds, [...(byWord.get(holds) ?? []), fault]);
      return fault;
    },
    list: () => [...faults.values()],
    remove: (id) => {
      const fault = faults.get(id);
      if (fault) forget(fault);
      return fault !== undefined;
    },
    clear: () => {
      faults.clear();
      plain.clear();
      byWord.clear();
    },
    take: (method, path) => first(plain, method, path),
    get readsContent() {
      return byWord.size > 0;
    },
    takeHolding: (method, path, content) => {
      const words = new Set(content.match(WORD) ?? []);
      for (const word of words) {
        const fault = first(byWord.get(word) ?? [], method, path);
        if (fault) return fault;
      }
      return undefined;
    },
  };
}

/** Whether it hits this request, which is counted either way. */
function strikes(fault: Fault, method: string, path: string): boolean {
  if (!meets(fault, method, path)) return false;
  if (fault.passed < fault.skip) {
    fault.passed += 1;
    return false;
  }
  fault.hits += 1;
  return true;
}

function meets({ match, times, hits }: Fault, method: string, path: string): boolean {
  if (times !== null && hits >= times) return false;
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return match.path.startsWith('^') ? new RegExp(match.path).test(path) : path.startsWith(match.path);
}
