export function ClusterPage(_props: { id?: string }) {
  return null;
}
