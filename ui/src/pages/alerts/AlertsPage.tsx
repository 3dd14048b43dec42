import { useTexts } from '../../messages/react';

export default function AlertsPage() {
  const { alerts } = useTexts();
  return <h1>{alerts.title}</h1>;
}
