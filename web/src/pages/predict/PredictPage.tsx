export function PredictPage(_props: { id?: string }) {
  return null;
}
