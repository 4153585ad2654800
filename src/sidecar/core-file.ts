import { writeFileSync } from 'node:fs';

/**
 * Keeps the memory of this process out of core files: content is wiped, credentials cannot be. A core
 * file then tells of registers and mappings alone. Programs that rehup runs take it over. See core(5),
 * "Controlling which mappings are written to the core dump".
 */
export function keepMemoryOutOfCoreFiles(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // This kernel does not have it, as that of gVisor, which writes no core files either.
  }
}
