export function ModelPage(_props: { id?: string }) {
  return null;
}
