/**
 * The environment for a process that trains. On Linux its C library then asks for memory in huge pages: the activations of
 * a step are hundreds of megabytes, and walking page tables for them costs a few percent of the time. Read when a process
 * starts, so it can be set for a child only. Tunables that are set already come later and therefore win.
 */
export function withHugePages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const already = environment['GLIBC_TUNABLES'];
  const tunables = ['glibc.malloc.hugetlb=1', ...(already ? [already] : [])];
  return { ...environment, GLIBC_TUNABLES: tunables.join(':') };
}
