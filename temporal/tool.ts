/** Vocabulary of finding a program: what it is, how to tell that it runs, where it can come from. */

export interface FetchContext {
  /** Told what is being done, one short line each. */
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** One way to obtain a program that is not on the machine. */
export interface Source {
  /** For people: "PyPI wheel". */
  label: string;
  /** What it provides, as part of a directory name: "1.9.1". */
  version: string;
  /**
   * Puts the program somewhere under `scratch`, an empty directory of its own, and gives its path.
   * @throws Error with one line that says why it could not.
   */
  fetch(scratch: string, context: FetchContext): Promise<string>;
}

export interface Tool {
  /** Directory name in the cache. */
  id: string;
  /** For people: "Temporal CLI". */
  label: string;
  /** File name of the program, as looked up on PATH. */
  program: string;
  /** Environment variable that names it explicitly. */
  variable: string;
  /**
   * Runs it for a moment.
   * @throws Error with one line when it does not run or does not fit.
   */
  check(path: string, signal?: AbortSignal): Promise<void>;
  sources: readonly Source[];
  /** What a person can install when nothing worked; one way a line. */
  advice: readonly string[];
}
