/** Where Temporal UI shows a workflow; null when no UI is configured. */
export type TemporalLink = (workflowId: string) => string | null;

/** @param uiUrl base address of Temporal UI, when there is one. */
export function temporalLinks(uiUrl: string | undefined, namespace: string): TemporalLink {
  if (uiUrl === undefined) return () => null;
  const base = `${uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/`;
  return (workflowId) => base + encodeURIComponent(workflowId);
}
