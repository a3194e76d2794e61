import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.js';
import type { Source } from '../tool.js';

/** Newest release whose whole module graph the public module proxy serves. Server 1.31.2. */
const VERSION = '1.8.2';

/** `cliext` is a nested module without tags of its own; this is the commit that release was cut from. */
const goMod = `module hermes.local/temporal-cli

go 1.26.4

tool github.com/temporalio/cli/cmd/temporal

require github.com/temporalio/cli v${VERSION}

replace github.com/temporalio/cli/cliext => github.com/temporalio/cli/cliext v0.0.0-20260731000218-c579925f193f
`;

/** 5 minutes on two idle cores, 14 on one busy one. */
const BUILD_LIMIT_MS = 20 * 60_000;

/** The CLI built from the official Go module. `go mod tidy` is left out on purpose: it wants test-only modules. */
export const goBuild: Source = {
  label: 'build with Go',
  version: `go-${VERSION}`,
  async fetch(scratch, { onProgress, signal }) {
    const go = await run('go', ['env', 'GOVERSION'], { timeoutMs: 20_000, signal });
    onProgress(`temporal ${VERSION}: building with ${go.trim()}, about five minutes`);
    await writeFile(join(scratch, 'go.mod'), goMod);
    const program = join(scratch, 'temporal');
    const flags = ['-mod=mod', '-buildvcs=false', '-ldflags=-s -w', '-o', program];
    const build = ['build', ...flags, 'github.com/temporalio/cli/cmd/temporal'];
    await run('go', build, { timeoutMs: BUILD_LIMIT_MS, signal, cwd: scratch });
    return program;
  },
};
